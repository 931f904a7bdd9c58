import type { DataSource } from "typeorm";
import { enqueueTransaction } from "../../platform/outbox/enqueue-transaction.js";
import type { Market } from "../market.js";
import { termsColumns, termsOf, type TermsRow } from "./terms-of.js";

/** Orders taken up at once. */
const limit = 50;

interface LapsedOrder extends TermsRow {
  id: string;
  status: "PAID" | "DELIVERED";
  listing_id: string;
  buyer: string;
  salt: string;
}

/**
 * The keeper: what anyone may trigger once a deadline is past, it triggers. An order that was not delivered in time is refunded, one that was delivered
 * and not disputed is settled. Only on final rows, and only what the contract would accept now: its clock stands still while the market is paused.
 * @param relayer - address that sends.
 */
export async function keepOrders(database: DataSource, market: Market, relayer: string): Promise<void> {
  const headTime = await market.headTime();
  const orders = (await database.query(
    `select o.id, o.status, o.listing_id, o.buyer, o.salt, ${termsColumns("l")}
     from public.chain_status c
     join public.trade_order o on o.to_block is null and o.from_block <= c.finalized_height
      and (o.status = 'PAID' and o.deliver_by < $1 or o.status = 'DELIVERED' and o.settle_after < $1)
     join public.listing l on l.id = o.listing_id and l.to_block is null
     where c.id = 1 and c.status = 'LIVE'
       and not exists (select 1 from app.tx_outbox t where t.purpose = case o.status when 'PAID' then 'refund:' else 'settle:' end || o.id)
     order by o.from_block limit ${limit}`,
    [headTime.toString()],
  )) as LapsedOrder[];
  for (const order of orders) {
    const [purpose, data] =
      order.status === "PAID"
        ? [`refund:${order.id}`, market.contract.encodeFunctionData("refund", [order.listing_id, order.buyer, order.salt])]
        : [`settle:${order.id}`, market.contract.encodeFunctionData("settle", [termsOf(order), order.buyer, order.salt])];
    if (await market.wouldAccept(relayer, data)) await enqueueTransaction(database.manager, { purpose, role: "RELAYER", target: market.address, data });
  }
}
