import { marketplaceAbi } from "../../schema/abi/marketplace.js";
import type { Sql } from "../../indexer/copy-rows.js";
import type { EventArgs, EventName, MarketEvent, UnreadableEvent } from "../../indexer/event-types.js";

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly components?: readonly Parameter[];
}
const inputs = new Map<string, readonly Parameter[]>(marketplaceAbi.flatMap((entry) => (entry.type === "event" ? [[entry.name, entry.inputs] as const] : [])));

/** @returns the events that the feed tells and has not taken back, in the order of the chain. */
export async function feedEvents(sql: Sql): Promise<(MarketEvent | UnreadableEvent)[]> {
  const { rows } = await sql.query<{
    name: string;
    block_number: number;
    block_hash: string;
    block_time: Date;
    transaction_hash: string;
    log_index: number;
    payload: unknown;
    invalid_reason: string | null;
  }>("select m.* from public.market_event m where op = 'APPLY' and not exists (select from public.market_event r where r.reverts = m.seq) order by block_number, log_index");
  return rows.map((row) => {
    const position = { blockNumber: row.block_number, blockHash: row.block_hash, blockTime: row.block_time, transactionHash: row.transaction_hash, logIndex: row.log_index };
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
