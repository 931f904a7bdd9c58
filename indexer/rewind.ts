import type { HashAndHeight } from "@subsquid/util-internal-processor-tools";
import type { Sql } from "./copy-rows.js";
import { writeState, type IndexState } from "./index-state.js";
import { rollBack } from "./roll-back.js";

/**
 * Takes tables and state back to the end of `target`, a block that both the tables and the chain have (or `nothing`), in the
 * caller's transaction that has locked the state. The feed tells every event taken back.
 * @returns how many those were.
 */
export async function rewindTo(sql: Sql, state: IndexState, target: HashAndHeight): Promise<{ state: IndexState; reverted: number }> {
  const reverted = await rollBack(sql, target.height);
  const finalized = state.finalized.height > target.height ? target : state.finalized;
  const next: IndexState = { head: target, finalized, hot: state.hot.filter(({ height }) => height <= target.height), status: "SYNCING", rebuilds: state.rebuilds };
  await writeState(sql, next);
  return { state: next, reverted };
}
