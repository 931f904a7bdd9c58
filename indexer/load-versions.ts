import type { Sql } from "./copy-rows.js";
import { marketId } from "./mappings/market.js";
import type { Reads } from "./mapping.js";
import type { KnownVersions } from "./known-versions.js";
import { tableNames, type LoadedVersions } from "./projection.js";
import type { VersionedFacts } from "./rows.js";
import { columnName, eachTable, keyOf, stateFacts, versionedTables, type Columns, type CurrentVersion } from "./tables.js";
import { Role } from "../schema/market.js";

/** What a run of events asks for, and the tables must be asked. */
class Wanted {
  readonly keys = eachTable(() => [] as string[]);
  /** Of auditors. */
  readonly slots = new Set<number>();
  readonly anchors = new Set<bigint>();

  /** Something is looked for by other than its key: only what the tables have is found. */
  get notByKey(): boolean {
    return this.slots.size + this.anchors.size > 0;
  }
}
type Versions = { [Table in keyof VersionedFacts]: CurrentVersion<Table>[] };

/** Finds the current versions that a run of events asks for, as far as they are known. */
export function findKnown(reads: Iterable<Reads>, known: KnownVersions): { readonly versions: Versions; readonly wanted: Wanted } {
  const keys = eachTable(() => new Set<string>());
  const wanted = new Wanted();
  for (const { listing, order, participant, auditorSlot, anchor, dispute, ring, market, assignment } of reads) {
    if (listing !== undefined) keys.listing.add(listing);
    if (order !== undefined) keys.trade_order.add(order);
    if (participant !== undefined) keys.participant.add(participant);
    if (auditorSlot !== undefined) wanted.slots.add(auditorSlot);
    if (anchor !== undefined) wanted.anchors.add(anchor);
    if (dispute !== undefined) keys.dispute.add(dispute);
    if (ring !== undefined) keys.ring.add(ring);
    if (assignment !== undefined) keys.assignment.add(assignment);
    if (market) keys.market.add(marketId);
  }
  const versions: Versions = { participant: [], listing: [], trade_order: [], dispute: [], ring: [], market: [], assignment: [] };
  for (const table of tableNames) {
    const found: CurrentVersion[] = versions[table];
    for (const key of keys[table]) {
      const version = known.get(table, key);
      if (version === undefined) wanted.keys[table].push(key);
      else if (version !== null) found.push(version);
    }
  }
  return { versions, wanted };
}

/** Loads the current versions that are not known: at most one statement a table. */
export async function loadVersions(sql: Sql, schema: string, { keys, slots, anchors }: Wanted, versions: Versions): Promise<LoadedVersions> {
  for (const table of tableNames) {
    if (keys[table].length === 0) continue;
    const found: CurrentVersion[] = versions[table];
    found.push(...(await load(sql, table, byKey(schema, table), [keys[table]])));
  }
  if (slots.size > 0) {
    const auditors = `${schema}.participant where auditor_slot = any($1::smallint[]) and roles & ${Role.AUDITOR} <> 0 and to_block is null`;
    versions.participant.push(...(await load(sql, "participant", auditors, [[...slots]])));
  }
  return { ...versions, anchors: anchors.size === 0 ? [] : await loadAnchors(sql, schema, anchors) };
}

/**
 * The current versions of things, each found by the primary key, however many there are. With `= any($1)` Postgres reads the whole table instead where it believes that each
 * thing has hundreds of versions, as it does of a table that grew since it was analyzed: 29 ms for 250 of 40,000 listings, where it takes 3.
 */
function byKey(schema: string, table: keyof VersionedFacts): string {
  return `unnest($1::text[]) wanted (key)
    cross join lateral (select * from ${schema}.${table} t where t.${columnName(keyOf[table])} = wanted.key order by t.from_block desc limit 1) newest where to_block is null`;
}

async function loadAnchors(sql: Sql, schema: string, anchors: ReadonlySet<bigint>): Promise<bigint[]> {
  const { rows } = await sql.query<{ batch_index: string }>(`select batch_index from ${schema}.access_anchor where batch_index = any($1::bigint[])`, [[...anchors].map(String)]);
  return rows.map((row) => BigInt(row.batch_index));
}

/** @param source what comes after FROM. */
async function load<Table extends keyof VersionedFacts>(sql: Sql, table: Table, source: string, values: unknown[]): Promise<CurrentVersion<Table>[]> {
  const columns: Columns = versionedTables[table];
  const names = stateFacts[table];
  const list = names.map((name) => `${columnName(name)} as "${name}"`).join(", ");
  const { rows } = await sql.query<Record<string, unknown>>(`select ${list}, from_block as "fromBlock" from ${source}`, values);
  const wide = names.filter((name) => columns[name] === "bigint" || columns[name] === "numeric");
  return rows.map(({ fromBlock, ...facts }) => {
    for (const name of wide) if (facts[name] !== null) facts[name] = BigInt(facts[name] as string);
    return { facts: facts as unknown as CurrentVersion<Table>["facts"], fromBlock: fromBlock as number };
  });
}
