import { MarketEvent } from "../../schema/entities/index.js";
import type { ApiDeps } from "../deps.js";
import { hydrate } from "../loaders/hydrate.js";
import type { ProvenanceStep } from "../types/provenance.js";

/** Most steps that are told of one listing. */
const limit = 1_000;

/** Every event of a listing and its orders that still holds (none that a re-org took back), oldest first. */
export async function provenanceOf({ database }: Pick<ApiDeps, "database">, listingId: string): Promise<ProvenanceStep[]> {
  const rows = (await database.query(
    `select m.* from market_event m where m.listing_id = $1 and m.op = 'APPLY' and m.invalid_reason is null
       and not exists (select from market_event r where r.reverts = m.seq)
     order by m.block_number, m.log_index limit $2`,
    [listingId, limit],
  )) as Record<string, unknown>[];
  return hydrate(database, MarketEvent, rows).map(({ seq, name, account, orderId, blockNumber, blockHash, blockTime, transactionHash, payload }) => ({
    seq,
    name,
    account,
    orderId,
    block: { number: blockNumber, hash: blockHash, time: blockTime },
    transactionHash,
    payload,
  }));
}
