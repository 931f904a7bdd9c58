import type { Sql } from "./copy-rows.js";
import { marketId } from "./mappings/market.js";
import type { Reads } from "./mapping.js";
import type { LoadedVersions } from "./projection.js";
import type { VersionedFacts } from "./rows.js";
import { columnName, versionedTables, type Columns, type VersionRow } from "./tables.js";
import { Role } from "../schema/market.js";

/** Loads the current versions that a run of events asks for: at most one statement a table. */
export async function loadVersions(sql: Sql, schema: string, reads: Iterable<Reads>): Promise<LoadedVersions> {
  const listings = new Set<string>();
  const orders = new Set<string>();
  const participants = new Set<string>();
  const slots = new Set<number>();
  const anchors = new Set<bigint>();
  const disputes = new Set<string>();
  const rings = new Set<string>();
  const markets = new Set<string>();
  for (const { listing, order, participant, auditorSlot, anchor, dispute, ring, market } of reads) {
    if (listing !== undefined) listings.add(listing);
    if (order !== undefined) orders.add(order);
    if (participant !== undefined) participants.add(participant);
    if (auditorSlot !== undefined) slots.add(auditorSlot);
    if (anchor !== undefined) anchors.add(anchor);
    if (dispute !== undefined) disputes.add(dispute);
    if (ring !== undefined) rings.add(ring);
    if (market) markets.add(marketId);
  }
  const loadedAnchors =
    anchors.size === 0 ? [] : (await sql.query<{ batch_index: string }>(`select batch_index from ${schema}.access_anchor where batch_index = any($1::bigint[])`, [[...anchors].map(String)])).rows;
  return {
    listing: await load(sql, schema, "listing", "id = any($1::text[])", [[...listings]], listings.size),
    trade_order: await load(sql, schema, "trade_order", "id = any($1::text[])", [[...orders]], orders.size),
    dispute: await load(sql, schema, "dispute", "order_id = any($1::text[])", [[...disputes]], disputes.size),
    ring: await load(sql, schema, "ring", "hash = any($1::text[])", [[...rings]], rings.size),
    market: await load(sql, schema, "market", "id = any($1::text[])", [[...markets]], markets.size),
    participant: await load(
      sql,
      schema,
      "participant",
      `(account = any($1::text[]) or (auditor_slot = any($2::smallint[]) and roles & ${Role.AUDITOR} <> 0))`,
      [[...participants], [...slots]],
      participants.size + slots.size,
    ),
    anchors: loadedAnchors.map((row) => BigInt(row.batch_index)),
  };
}

async function load<Table extends keyof VersionedFacts>(sql: Sql, schema: string, table: Table, condition: string, values: unknown[], wanted: number): Promise<VersionRow<Table>[]> {
  if (wanted === 0) return [];
  const columns: Columns = versionedTables[table];
  const names = Object.keys(columns);
  const list = names.map((name) => `${columnName(name)} as "${name}"`).join(", ");
  const { rows } = await sql.query<Record<string, unknown>>(`select ${list} from ${schema}.${table} where ${condition} and to_block is null`, values);
  const wide = names.filter((name) => columns[name] === "bigint" || columns[name] === "numeric");
  for (const row of rows) {
    for (const name of wide) if (row[name] !== null) row[name] = BigInt(row[name] as string);
  }
  return rows as unknown as VersionRow<Table>[];
}
