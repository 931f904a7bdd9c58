import type { AccessGrant } from "../../schema/entities/index.js";
import { checkGrantUsable } from "../auth/grant-rules.js";
import { logAccess, logRefusal, type Access } from "../access/log-access.js";
import type { ApiContext } from "../context.js";
import type { Link } from "../types/access.js";
import { makeLinkToken } from "./link-token.js";

/**
 * Issues a link to a grant's bytes and notes it in the access log.
 * @param seconds - how long it lives.
 * @throws AppError as checkGrantUsable; the refusal is noted too.
 */
export async function issueLink(context: ApiContext, grant: AccessGrant, seconds: number): Promise<Link> {
  const { database, keys, publicUrl } = context.deps;
  const access: Access = { account: context.viewer?.account ?? null, action: "LINK", grant };
  await checkGrantUsable(context, grant).catch(async (refusal: unknown) => {
    throw await logRefusal(database, access, refusal);
  });
  const end = Math.min(Date.now() + seconds * 1000, grant.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
  // The token holds whole seconds: what is told is what it holds.
  const expiresAt = new Date(Math.floor(end / 1000) * 1000);
  await logAccess(database, access);
  return { url: `${publicUrl}/download/${makeLinkToken(keys.link, grant.id, expiresAt)}`, expiresAt };
}
