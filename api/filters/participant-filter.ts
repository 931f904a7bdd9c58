import { parseAddress, parseHash } from "../input/parse.js";
import type { ParticipantFilter } from "../types/directory.js";
import { equality, idConditions } from "./conditions.js";
import { compileNested } from "./nested.js";
import { part, type SqlPart } from "./sql.js";

/** Compiles a filter over the table `participant`, which the statement calls `p`. @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
export const compileParticipantFilter = (filter: ParticipantFilter | null | undefined): SqlPart =>
  compileNested(filter, ({ account, institution, kind, role, revoked }) => [
    ...(account ? [idConditions("account", "p.account", account, parseAddress)] : []),
    ...(institution ? [idConditions("institution", "p.institution", institution, parseHash)] : []),
    ...equality("kind", "p.kind", "smallint", { eq: kind }),
    ...(role === null || role === undefined ? [] : [part("p.roles & ?::integer <> 0", role)]),
    ...equality("revoked", "p.revoked", "boolean", { eq: revoked }),
  ]);
