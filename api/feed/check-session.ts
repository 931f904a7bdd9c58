import { AppError } from "../../schema/errors.js";
import { isSessionAlive } from "../auth/sessions.js";
import type { ApiContext } from "../context.js";

/** Sign-out or revocation ends the subscriptions of a session. @throws AppError UNAUTHENTICATED */
export async function checkSession({ viewer, deps }: ApiContext): Promise<void> {
  if (viewer && viewer.sessionId !== null && !(await isSessionAlive(deps.database, viewer.sessionId))) throw new AppError("UNAUTHENTICATED", "The session has ended: sign in again.");
}
