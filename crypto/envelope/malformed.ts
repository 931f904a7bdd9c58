import { AppError } from "../../schema/errors.js";

/** What every strict parser of this folder throws; `reason` names the rule, never the content. */
export const malformed = (reason: string): AppError =>
  new AppError("ENVELOPE_MALFORMED", `The age file is malformed: ${reason}.`, { details: { reason } });
