import type { DataSource } from "typeorm";
import type { AccessGrant } from "../../schema/entities/index.js";
import { toAppError } from "../../schema/errors.js";

export interface Access {
  /** Who; null where nobody is known. */
  account: string | null;
  action: "HEADER" | "LINK" | "BYTES";
  grant: Pick<AccessGrant, "id" | "kind" | "subject" | "listingId">;
  /** First and last byte, inclusive, of what will be served. */
  range?: { first: number; last: number };
}

/** Notes an access, BEFORE it is served: what cannot be noted is not served. */
export const logAccess = (database: DataSource, access: Access): Promise<void> => insert(database, access, access.action, "OK");

/** Notes a refused access with the refusal's code, then gives the refusal back to be thrown. */
export async function logRefusal(database: DataSource, access: Access, refusal: unknown): Promise<unknown> {
  const { code } = toAppError(refusal);
  // Not ready or out of service is no refusal: the same reader will be served.
  if (code !== "NOT_READY" && code !== "INTERNAL") await insert(database, access, "REFUSED", code);
  return refusal;
}

async function insert(database: DataSource, { account, grant, range }: Access, action: string, outcome: string): Promise<void> {
  await database.query("insert into app.access_inbox (account, action, outcome, grant_id, listing_id, order_id, first_byte, last_byte) values ($1, $2, $3, $4, $5, $6, $7, $8)", [
    account,
    action,
    outcome,
    grant.id,
    grant.listingId,
    grant.kind === "ORDER" ? grant.subject : null,
    range?.first ?? null,
    range?.last ?? null,
  ]);
}
