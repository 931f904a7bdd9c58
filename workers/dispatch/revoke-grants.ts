import type { DataSource } from "typeorm";
import { recordActivity } from "../record-activity.js";

/** Grants taken back at once. */
const limit = 500;

interface Revoked {
  id: string;
  kind: string;
  account: string;
  listing_id: string;
  subject: string;
}

/**
 * Takes back what must not be used any more: grants of refunded orders, audits whose time is over, records whose key was destroyed. The api refuses
 * them from the moment on which they stop to hold; here their headers go too.
 */
export async function revokeGrants(database: DataSource): Promise<void> {
  await database.transaction(async (manager) => {
    const [revoked] = (await manager.query(
      `update app.access_grant set status = 'REVOKED', header = null, updated_at = now()
       where id in (
         select g.id from app.access_grant g
         left join public.trade_order o on g.kind = 'ORDER' and o.id = g.subject and o.to_block is null
         left join app.record_key k on k.record_id = g.record_id
         where g.status = 'READY' and (o.status = 'REFUNDED' or g.expires_at < now() or k.destroyed_at is not null)
         limit ${limit}
       ) and status = 'READY'
       returning id, kind, account, listing_id, subject`,
    )) as [Revoked[], number];
    for (const { id, kind, account, listing_id, subject } of revoked) {
      await recordActivity(manager, { kind: "GRANT", account, grantId: id, listingId: listing_id, orderId: kind === "ORDER" ? subject : null, payload: { kind, status: "REVOKED" } });
    }
  });
}
