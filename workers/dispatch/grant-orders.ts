import type { DataSource } from "typeorm";
import { recordActivity } from "../record-activity.js";

/** Orders taken up at once. */
const limit = 200;

interface NewGrant {
  id: string;
  account: string;
  listing_id: string;
  subject: string;
}

/**
 * Makes the grant of every paid order that is final and is of a record of ours. Final = bought at or below the finalized watermark of an index that
 * follows the chain: a re-org cannot un-send a delivery. An order paid after a patient withdrew from the set gets none: the keeper refunds it.
 * @returns how many were made; each has its row in the feed, whose reader adds the job.
 */
export async function grantOrders(database: DataSource): Promise<number> {
  return database.transaction(async (manager) => {
    const granted = (await manager.query(
      `insert into app.access_grant (kind, subject, listing_id, record_id, account, recipient_commitment)
       select 'ORDER', o.id, o.listing_id, u.id, o.buyer, o.recipient_commitment
       from public.chain_status c
       join public.trade_order o on o.status = 'PAID' and o.to_block is null and o.purchased_block <= c.finalized_height
       join app.upload u on u.listing_id = o.listing_id and u.status = 'SUBMITTED' and (u.stopped_at is null or o.purchased_time <= u.stopped_at)
       where c.id = 1 and c.status = 'LIVE'
         and not exists (select 1 from app.access_grant g where g.kind = 'ORDER' and g.subject = o.id)
       order by o.purchased_block limit ${limit}
       on conflict (kind, subject, account) do nothing
       returning id, account, listing_id, subject`,
    )) as NewGrant[];
    for (const { id, account, listing_id, subject } of granted) {
      await recordActivity(manager, { kind: "GRANT", account, grantId: id, listingId: listing_id, orderId: subject, payload: { kind: "ORDER", status: "REQUESTED" } });
    }
    return granted.length;
  });
}
