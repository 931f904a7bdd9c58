import { AppError } from "../../schema/errors.js";
import { isApiKeyAlive } from "../auth/api-keys.js";
import { isSessionAlive } from "../auth/sessions.js";
import type { ApiContext } from "../context.js";

/** Sign-out or revocation ends the subscriptions of a session or key. @throws AppError UNAUTHENTICATED */
export async function checkSession({ viewer, deps }: ApiContext): Promise<void> {
  if (!viewer) return;
  const { sessionId, apiKey } = viewer;
  if (sessionId !== null && !(await isSessionAlive(deps.database, sessionId))) throw new AppError("UNAUTHENTICATED", "The session has ended: sign in again.");
  if (apiKey && !(await isApiKeyAlive(deps.database, apiKey.id))) throw new AppError("UNAUTHENTICATED", "The API key was revoked, or is expired.");
}
