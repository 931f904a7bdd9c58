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
}

/** Before the first block. */
export const nothing: HashAndHeight = { height: -1, hash: "0x" };

export interface StoredState extends IndexState {
  readonly chainId: bigint;
  readonly marketplace: string;
}

/** @returns what the tables hold, locked until the transaction ends; null before the first start. */
export async function readState(sql: Sql): Promise<StoredState | null> {
  const { rows } = await sql.query<{ chain_id: string; marketplace: string; height: number; hash: string; finalized_height: number; finalized_hash: string; status: IndexStatus }>(
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

export const sameBlock = (a: HashAndHeight, b: HashAndHeight): boolean => a.height === b.height && a.hash === b.hash;
