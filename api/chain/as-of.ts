import { AppError } from "../../schema/errors.js";
import type { ApiContext } from "../context.js";
import { part, type SqlPart } from "../filters/sql.js";
import { parseHash, parseRange } from "../input/parse.js";
import type { AsOf } from "../types/as-of.js";

/**
 * @returns the number of the block that is asked for, or that the operation is pinned to; null for "now".
 * @throws AppError BAD_INPUT (not exactly one field, or a hash that is not on the chain), NOT_READY (not indexed yet), CHAIN_UNAVAILABLE
 */
export async function resolveAsOf({ deps, pinnedBlock }: Pick<ApiContext, "deps" | "pinnedBlock">, at: AsOf | null | undefined): Promise<number | null> {
  if (pinnedBlock !== null) return pinnedBlock;
  if (at === null || at === undefined) return null;
  const given = [at.block, at.blockHash, at.time].filter((value) => value !== null && value !== undefined);
  if (given.length !== 1) throw new AppError("BAD_INPUT", "at: exactly one of block, blockHash and time", { details: { field: "at" } });
  const block = await numberOf(deps, at);
  const { indexedBlock } = await deps.freshness.now();
  if (block > indexedBlock) throw new AppError("NOT_READY", `Block ${block} is not indexed yet; the index is at ${indexedBlock}.`, { details: { block, indexedBlock } });
  return block;
}

async function numberOf({ database, provider }: ApiContext["deps"], { block, blockHash, time }: AsOf): Promise<number> {
  if (block !== null && block !== undefined) return parseRange("at.block", block, 0, 2_147_483_647);
  if (time) {
    // Blocks without an event change nothing, and are not in the table: the last one with an event gives the same state.
    const [row] = (await database.query("select coalesce(max(number), 0) as number from block where time <= $1", [time])) as { number: number }[];
    return row?.number ?? 0;
  }
  const hash = parseHash("at.blockHash", blockHash ?? "");
  let found: { number: string } | null;
  let canonical: { hash: string } | null;
  try {
    found = (await provider.send("eth_getBlockByHash", [hash, false])) as { number: string } | null;
    canonical = found && ((await provider.send("eth_getBlockByNumber", [found.number, false])) as { hash: string } | null);
  } catch (cause) {
    throw new AppError("CHAIN_UNAVAILABLE", "The chain cannot be asked for this block.", { cause });
  }
  if (!found || canonical?.hash !== hash) throw new AppError("BAD_INPUT", "at.blockHash: no such block on the chain", { details: { field: "at.blockHash" } });
  return Number(found.number);
}

/** Versions that were true at the end of a block; the current ones for null. @param alias - of the table, ours. */
export const versionsAt = (alias: string, block: number | null): SqlPart =>
  block === null ? part(`${alias}.to_block is null`) : part(`${alias}.from_block <= ?::integer and (${alias}.to_block is null or ${alias}.to_block > ?::integer)`, block, block);

/** Of a table whose rows are added and never change: those that were there at a block; null is now. */
export const addedAt = (alias: string, block: number | null): SqlPart => (block === null ? part("true") : part(`${alias}.block_number <= ?::integer`, block));
