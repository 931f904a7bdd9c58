import type { DataSource } from "typeorm";
import { AppError } from "../../schema/errors.js";
import { apiKeyPattern, findApiKey } from "./api-keys.js";
import { findSession } from "./sessions.js";
import { ApiKeyScope, type Caller } from "./viewer.js";

/**
 * @param authorization - the header's value, or what a WebSocket's client sends in its place: `Bearer` and a session's access token or an API key.
 * @throws AppError UNAUTHENTICATED for a token that is malformed, unknown, expired or revoked: it is never taken for "nobody".
 */
export async function authenticate(database: DataSource, authorization: string | undefined): Promise<Caller> {
  if (authorization === undefined || authorization === "") return { viewer: null, client: null };
  const token = /^Bearer (\S{1,100})$/i.exec(authorization)?.[1] ?? "";
  if (apiKeyPattern.test(token)) {
    const key = await findApiKey(database, token);
    if (!key) throw new AppError("UNAUTHENTICATED", "The API key is unknown, expired or revoked.");
    const { id, account, scope } = key;
    const viewer = scope === ApiKeyScope.PUBLIC ? null : { account, sessionId: null, apiKey: { id, scope } };
    return { viewer, client: { id: `key:${id}`, apiKeyId: id } };
  }
  const session = await findSession(database, token);
  if (!session) throw new AppError("UNAUTHENTICATED", "The access token is malformed, unknown, expired or revoked.");
  return { viewer: { account: session.account, sessionId: session.id, apiKey: null }, client: { id: `account:${session.account}`, apiKeyId: null } };
}
