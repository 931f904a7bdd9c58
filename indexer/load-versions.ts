import type { Sql } from "./copy-rows.js";
import { marketId } from "./mappings/market.js";
import type { Reads } from "./mapping.js";
import type { KnownVersions } from "./known-versions.js";
import type { LoadedVersions } from "./projection.js";
import type { VersionedFacts } from "./rows.js";
import { columnName, keyOf, stateFacts, versionedTables, type Columns, type CurrentVersion } from "./tables.js";
import { Role } from "../schema/market.js";

/** Finds the current versions that a run of events asks for: those that are not known are loaded, with at most one statement a table. */
export async function loadVersions(sql: Sql, schema: string, reads: Iterable<Reads>, known: KnownVersions): Promise<LoadedVersions> {
  const keys = { listing: new Set<string>(), trade_order: new Set<string>(), participant: new Set<string>(), dispute: new Set<string>(), ring: new Set<string>(), market: new Set<string>() };
  const slots = new Set<number>();
  const anchors = new Set<bigint>();
  for (const { listing, order, participant, auditorSlot, anchor, dispute, ring, market } of reads) {
    if (listing !== undefined) keys.listing.add(listing);
    if (order !== undefined) keys.trade_order.add(order);
    if (participant !== undefined) keys.participant.add(participant);
    if (auditorSlot !== undefined) slots.add(auditorSlot);
    if (anchor !== undefined) anchors.add(anchor);
    if (dispute !== undefined) keys.dispute.add(dispute);
    if (ring !== undefined) keys.ring.add(ring);
    if (market) keys.market.add(marketId);
  }
  const byKey = async <Table extends keyof VersionedFacts>(table: Table): Promise<CurrentVersion<Table>[]> => {
    const versions: CurrentVersion<Table>[] = [];
    const unknown: string[] = [];
    for (const key of keys[table]) {
      const version = known.get(table, key) as CurrentVersion<Table> | null | undefined;
      if (version === undefined) unknown.push(key);
      else if (version !== null) versions.push(version);
    }
    return unknown.length === 0 ? versions : [...versions, ...(await load(sql, schema, table, `${columnName(keyOf[table])} = any($1::text[])`, [unknown]))];
  };
  return {
    listing: await byKey("listing"),
    trade_order: await byKey("trade_order"),
    dispute: await byKey("dispute"),
    ring: await byKey("ring"),
    market: await byKey("market"),
    participant: [
      ...(await byKey("participant")),
      ...(slots.size === 0 ? [] : await load(sql, schema, "participant", `auditor_slot = any($1::smallint[]) and roles & ${Role.AUDITOR} <> 0`, [[...slots]])),
    ],
    anchors: anchors.size === 0 ? [] : await loadAnchors(sql, schema, anchors),
  };
}

async function loadAnchors(sql: Sql, schema: string, anchors: ReadonlySet<bigint>): Promise<bigint[]> {
  const { rows } = await sql.query<{ batch_index: string }>(`select batch_index from ${schema}.access_anchor where batch_index = any($1::bigint[])`, [[...anchors].map(String)]);
  return rows.map((row) => BigInt(row.batch_index));
}

async function load<Table extends keyof VersionedFacts>(sql: Sql, schema: string, table: Table, condition: string, values: unknown[]): Promise<CurrentVersion<Table>[]> {
  const columns: Columns = versionedTables[table];
  const names = stateFacts[table];
  const list = names.map((name) => `${columnName(name)} as "${name}"`).join(", ");
  const { rows } = await sql.query<Record<string, unknown>>(`select ${list}, from_block as "fromBlock" from ${schema}.${table} where ${condition} and to_block is null`, values);
  const wide = names.filter((name) => columns[name] === "bigint" || columns[name] === "numeric");
  return rows.map(({ fromBlock, ...facts }) => {
    for (const name of wide) if (facts[name] !== null) facts[name] = BigInt(facts[name] as string);
    return { facts: facts as unknown as CurrentVersion<Table>["facts"], fromBlock: fromBlock as number };
  });
}
