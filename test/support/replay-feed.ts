import { auditDrawAbi } from "../../schema/abi/audit-draw.js";
import { marketplaceAbi } from "../../schema/abi/marketplace.js";
import type { Sql } from "../../indexer/copy-rows.js";
import { digestTables } from "../../indexer/digest-tables.js";
import type { EventArgs, EventName, MarketEvent, UnreadableEvent } from "../../indexer/event-types.js";
import { createTableCopies } from "../../indexer/table-copies.js";
import { writeRows } from "../../indexer/write-rows.js";

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly components?: readonly Parameter[];
}
interface FeedRow {
  seq: string;
  op: "APPLY" | "REVERT";
  reverts: string | null;
  name: string;
  block_number: number;
  block_hash: string;
  block_time: Date;
  transaction_hash: string;
  log_index: number;
  log_part: number;
  payload: unknown;
  invalid_reason: string | null;
}
const list = marketplaceAbi.find((entry) => entry.type === "function" && entry.name === "list") as { readonly inputs: readonly Parameter[] };
const word = (name: string, type: string): Parameter => ({ name, type });
/** What the feed tells of each event, by its types: the ABI's, but for what is packed in the log. */
const inputs = new Map<string, readonly Parameter[]>([
  ...[...marketplaceAbi, ...auditDrawAbi].flatMap((entry) => (entry.type === "event" ? [[entry.name, entry.inputs] as const] : [])),
  ["Listed", [word("listingId", "bytes32"), word("provider", "address"), word("dataKind", "uint8"), ...list.inputs.filter(({ type }) => type === "tuple")]],
  ["Purchased", [
    ...[word("orderId", "bytes32"), word("listingId", "bytes32"), word("buyer", "address"), word("recipientCommitment", "bytes20"), word("salt", "bytes32")],
    ...[word("price", "uint64"), word("purpose", "uint32"), word("deliverBy", "uint40")],
  ]],
]);

type Digests = Awaited<ReturnType<typeof digestTables>>;
/** Digests of the tables that a follower of the feed can make: all but where the blocks and transactions came from. */
type DigestsOfFeed = Omit<Digests, "block" | "chain_transaction">;

export function withoutOrigin(digests: Digests): DigestsOfFeed {
  const { block: _block, chain_transaction: _transaction, ...rest } = digests;
  return rest;
}

/** Replays the feed from its first row into tables of their own, a block at a time. @returns their digests. */
export async function replayFeed(sql: Sql): Promise<DigestsOfFeed> {
  await createTableCopies(sql, "replayed");
  const blocks = new Map<number, Awaited<ReturnType<typeof feedEvents>>>();
  for (const event of await feedEvents(sql)) blocks.set(event.blockNumber, [...(blocks.get(event.blockNumber) ?? []), event]);
  for (const events of blocks.values()) {
    const { blockNumber, blockHash, blockTime } = events[0]!;
    await writeRows(sql, "replayed", [{ header: { height: blockNumber, hash: blockHash, parentHash: "0x", time: blockTime, signer: null }, transactions: [], events }]);
  }
  return withoutOrigin(await digestTables(sql, "replayed"));
}

/** @returns the events that the feed tells and has not taken back, in the order of the chain: its rows from 1 on, folded as a follower folds them. */
async function feedEvents(sql: Sql): Promise<(MarketEvent | UnreadableEvent)[]> {
  const { rows } = await sql.query<FeedRow>("select * from public.market_event order by seq");
  const standing = new Map<string, FeedRow>();
  for (const row of rows) {
    if (row.op === "APPLY") standing.set(row.seq, row);
    else if (row.reverts === null || !standing.delete(row.reverts)) throw new Error(`Row ${row.seq} of the feed takes back ${row.reverts}, which does not stand.`);
  }
  return [...standing.values()].map((row, index, all) => {
    const before = all[index - 1];
    if (before && (before.block_number - row.block_number || before.log_index - row.log_index || before.log_part - row.log_part) >= 0) throw new Error(`Row ${row.seq} of the feed is not in the order of the chain.`);
    const position = { blockNumber: row.block_number, blockHash: row.block_hash, blockTime: row.block_time, transactionHash: row.transaction_hash, logIndex: row.log_index, logPart: row.log_part };
    if (row.invalid_reason === "UNKNOWN_EVENT" || row.invalid_reason === "UNDECODABLE") {
      return { ...position, name: row.name, args: null, raw: row.payload as UnreadableEvent["raw"], reason: row.invalid_reason };
    }
    const name = row.name as EventName;
    return { ...position, name, args: revived(row.payload, inputs.get(name) ?? []) as EventArgs<EventName> };
  });
}

/** Decimal strings of wide integers become bigint again. */
function revived(payload: unknown, parameters: readonly Parameter[]): Record<string, unknown> {
  const values = payload as Record<string, unknown>;
  return Object.fromEntries(parameters.map(({ name, type, components }) => [name, reviveValue(values[name], type, components)]));
}

function reviveValue(value: unknown, type: string, components: readonly Parameter[] | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => reviveValue(item, type.replace(/\[\d*\]$/, ""), components));
  if (type === "tuple") return revived(value, components ?? []);
  return typeof value === "string" && type.startsWith("uint") ? BigInt(value) : value;
}
