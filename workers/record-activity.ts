import type { EntityManager } from "typeorm";

export interface ActivityEntry {
  kind: "UPLOAD" | "GRANT";
  account: string | null;
  uploadId?: string | null;
  grantId?: string | null;
  listingId?: string | null;
  orderId?: string | null;
  payload: Readonly<Record<string, string | number | boolean | null>>;
}

/** Appends to the platform's feed, in the caller's transaction. Last in it: the feed's counter stays locked until the commit. */
export async function recordActivity(manager: EntityManager, entry: ActivityEntry): Promise<void> {
  await manager.query("insert into app.activity (kind, account, upload_id, grant_id, listing_id, order_id, payload) values ($1, $2, $3, $4, $5, $6, $7)", [
    entry.kind,
    entry.account,
    entry.uploadId ?? null,
    entry.grantId ?? null,
    entry.listingId ?? null,
    entry.orderId ?? null,
    JSON.stringify(entry.payload),
  ]);
}
