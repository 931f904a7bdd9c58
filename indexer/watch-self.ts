import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "pg";
import type { Deployment } from "../platform/chain/deployment.js";
import type { Logger } from "../platform/log.js";
import { classifyError } from "../platform/service/classify-error.js";
import type { ChainRpc } from "./chain-rpc.js";
import type { IndexerMetrics } from "./indexer-metrics.js";
import type { IndexerHealth } from "./run-indexer.js";
import { selfCheck } from "./self-check.js";

export interface WatchSelfOptions {
  readonly pool: Pool;
  readonly rpc: ChainRpc;
  readonly deployment: Deployment;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly metrics: IndexerMetrics;
  readonly health: IndexerHealth;
  /** Pause between checks, in ms. */
  readonly everyMs: number;
}

/** Rows a table in one check. */
const each = 4;

/** While this process writes, compares samples of rows with the contract, notes the block, and raises the alarm on the first row that differs. Resolves when `signal` aborts. */
export async function watchSelf(options: WatchSelfOptions): Promise<void> {
  const { pool, rpc, deployment, log, signal, metrics, health, everyMs } = options;
  while (!signal.aborted) {
    await wait(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted || health.role !== "writer" || health.diverged) continue;
    try {
      const { rows } = await pool.query<{ height: number }>("select finalized_height as height from public.chain_status where status = 'LIVE' and finalized_height >= 0");
      if (!rows[0]) continue;
      const { height, checked, mismatches } = await selfCheck({ sql: pool, rpc, deployment, height: rows[0].height, each });
      metrics.verified.set(height);
      metrics.checkedRows.inc(checked);
      const first = mismatches[0] ?? null;
      if (first !== null) {
        metrics.mismatches.inc(mismatches.length);
        log.error({ mismatches }, "a row of the tables differs from the contract; `galen indexer rebuild` mends the tables");
      }
      // A finding stays until somebody has seen to it: the sample that finds nothing may have looked elsewhere.
      await pool.query(
        `insert into public.chain_verification (id, height, mismatch) values (1, $1, $2)
         on conflict (id) do update set height = excluded.height, mismatch = coalesce(public.chain_verification.mismatch, excluded.mismatch)`,
        [height, first],
      );
    } catch (error) {
      if (!signal.aborted) log.warn({ error: classifyError(error) }, "the self-check could not run");
    }
  }
}
