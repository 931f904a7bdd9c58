import type { HashAndHeight } from "@subsquid/util-internal-processor-tools";
import type { Sql } from "./copy-rows.js";

export type IndexStatus = "SYNCING" | "LIVE" | "DIVERGED";

/** What the tables hold: all blocks up to `head`; those above `finalized` may still be taken back. */
export interface IndexState {
  readonly head: HashAndHeight;
  readonly finalized: HashAndHeight;
  /** Every block above `finalized` up to `head`. */
  readonly hot: readonly HashAndHeight[];
  readonly status: IndexStatus;
  /** How often a rebuild has changed rows below the writer's feet. */
  readonly rebuilds: number;
}

/** Before the first block. */
export const nothing: HashAndHeight = { height: -1, hash: "0x" };

export interface StoredState extends IndexState {
  readonly chainId: bigint;
  readonly marketplace: string;
}

/** @returns what the tables hold, locked until the transaction ends; null before the first start. */
export async function readState(sql: Sql): Promise<StoredState | null> {
  const { rows } = await sql.query<{ chain_id: string; marketplace: string; height: number; hash: string; finalized_height: number; finalized_hash: string; status: IndexStatus; rebuilds: number }>(
    "select * from public.chain_status where id = 1 for update",
  );
  const row = rows[0];
  if (!row) return null;
  const hot = await sql.query<{ height: number; hash: string }>("select height, hash from public.hot_block order by height");
  return {
    chainId: BigInt(row.chain_id),
    marketplace: row.marketplace,
    head: { height: row.height, hash: row.hash },
    finalized: { height: row.finalized_height, hash: row.finalized_hash },
    hot: hot.rows,
    status: row.status,
    rebuilds: row.rebuilds,
  };
}

/** Makes the first row, in the caller's transaction. */
export async function createState(sql: Sql, chainId: number, marketplace: string): Promise<void> {
  await sql.query(
    `insert into public.chain_status (id, chain_id, marketplace, height, hash, finalized_height, finalized_hash, status) values (1, $1, $2, $3, $4, $3, $4, 'SYNCING')`,
    [chainId, marketplace, nothing.height, nothing.hash],
  );
}

/** Writes where the index stands; what is final is no hot block any more. */
export async function writeState(sql: Sql, state: IndexState): Promise<void> {
  const { head, finalized, status } = state;
  await sql.query("update public.chain_status set height = $1, hash = $2, finalized_height = $3, finalized_hash = $4, status = $5 where id = 1", [
    head.height,
    head.hash,
    finalized.height,
    finalized.hash,
    status,
  ]);
  await sql.query("delete from public.hot_block where height <= $1", [finalized.height]);
}

/** @returns whether the tables stand where `state` says; if so, they do until the transaction ends. */
export async function lockState(sql: Sql, { head, finalized, rebuilds }: IndexState): Promise<boolean> {
  const { rows } = await sql.query("select 1 from public.chain_status where id = 1 and height = $1 and hash = $2 and finalized_height = $3 and finalized_hash = $4 and rebuilds = $5 for update", [
    head.height,
    head.hash,
    finalized.height,
    finalized.hash,
    rebuilds,
  ]);
  return rows.length === 1;
}

/**
 * Moves the note from one state to the next in one statement, hot blocks included.
 * @param keptTo - hot blocks above it were rolled back; null if none was.
 * @returns false, and nothing is moved, if the tables do not stand where `from` says: the caller's transaction must not be committed.
 */
export async function moveState(sql: Sql, from: IndexState, to: IndexState, keptTo: number | null): Promise<boolean> {
  const known = keptTo ?? from.head.height;
  const added = to.hot.filter(({ height }) => height > known);
  const { rows } = await sql.query<{ moved: string }>(
    `with moved as (
       update public.chain_status set height = $1, hash = $2, finalized_height = $3, finalized_hash = $4, status = $5
       where id = 1 and height = $6 and hash = $7 and finalized_height = $8 and finalized_hash = $9 returning 1
     ), added as (
       insert into public.hot_block (height, hash) select * from unnest($10::integer[], $11::text[])
     ), gone as (
       delete from public.hot_block where height <= $3
     )
     select count(*) as moved from moved`,
    [
      ...[to.head.height, to.head.hash, to.finalized.height, to.finalized.hash, to.status],
      ...[from.head.height, from.head.hash, from.finalized.height, from.finalized.hash],
      ...[added.map(({ height }) => height), added.map(({ hash }) => hash)],
    ],
  );
  return rows[0]!.moved === "1";
}

export const sameBlock = (a: HashAndHeight, b: HashAndHeight): boolean => a.height === b.height && a.hash === b.hash;
