import type { DataSource } from "typeorm";
import { enqueueTransaction } from "../../platform/outbox/enqueue-transaction.js";
import type { Market } from "../market.js";
import { termsColumns, termsOf, type TermsRow } from "./terms-of.js";

/** Listings taken up at once. */
const limit = 50;

/**
 * What anyone may trigger of the assignment by lot, the platform triggers: a draw is asked for once a listing is final and pending, and drawn once its round is over; again, when a round failed.
 * The contract passes over what it was told before. A request names the listing, a draw the round too: each is sent once.
 */
export async function keepDraws(database: DataSource, { draw }: Market): Promise<void> {
  if (!draw) return;
  const final = "from public.chain_status c join public.listing l on l.to_block is null and l.status = 'PENDING' and l.from_block <= c.finalized_height";
  const live = "c.id = 1 and c.status = 'LIVE'";
  const unsent = (purpose: string): string => `not exists (select 1 from app.tx_outbox t where t.purpose = ${purpose})`;
  const waiting = (await database.query(
    `select l.id ${final} where ${live} and not exists (select 1 from public.assignment s where s.listing_id = l.id and s.to_block is null) and ${unsent("'request-draw:' || l.id")}
     order by l.listed_block limit ${limit}`,
  )) as { id: string }[];
  for (const { id } of waiting) await enqueueTransaction(database.manager, { purpose: `request-draw:${id}`, role: "RELAYER", target: draw.address, data: draw.contract.encodeFunctionData("request", [[id]]) });

  const due = (await database.query(
    `select l.id, s.round, ${termsColumns("l")} ${final} join public.assignment s on s.listing_id = l.id and s.to_block is null and s.status = 'REQUESTED' and s.from_block <= c.finalized_height
     where ${live} and s.round < $1 and ${unsent("'draw:' || l.id || ':' || s.round")} order by s.round limit ${limit}`,
    [`${await draw.currentRound()}`],
  )) as (TermsRow & { id: string; round: string })[];
  for (const row of due) await enqueueTransaction(database.manager, { purpose: `draw:${row.id}:${row.round}`, role: "RELAYER", target: draw.address, data: draw.contract.encodeFunctionData("draw", [[termsOf(row)]]) });
}
