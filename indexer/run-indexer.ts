import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "pg";
import type { Deployment } from "../platform/chain/deployment.js";
import type { Logger } from "../platform/log.js";
import { classifyError } from "../platform/service/classify-error.js";
import { AppError } from "../schema/errors.js";
import type { ChainRpc } from "./chain-rpc.js";
import { DivergedError } from "./chain-source.js";
import { followChain } from "./follow-chain.js";
import type { IndexerMetrics } from "./indexer-metrics.js";
import type { Committed } from "./market-database.js";
import { markDiverged } from "./reconcile.js";
import { openWriterSession, type WriterSession } from "./writer-session.js";

/** Pause before starting again after an error, in ms. */
const pauseMs = { error: 500, diverged: 2_000 };

/** How the process is doing, for the readiness check. Times are of `performance.now()`, in ms. */
export class IndexerHealth {
  role: "starting" | "standby" | "writer" = "starting";
  diverged = false;
  chainSeen = Number.NEGATIVE_INFINITY;
  head = -1;
  indexed = -1;
  session: WriterSession | null = null;
}

export interface RunIndexerOptions {
  readonly pool: Pool;
  readonly rpc: ChainRpc;
  readonly deployment: Deployment;
  readonly finalityDepth: number;
  readonly pollIntervalMs: number;
  readonly mayForget: boolean;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly metrics: IndexerMetrics;
  readonly health: IndexerHealth;
  readonly onCommit?: (committed: Committed) => void;
}

/**
 * Waits to be the writer, follows the chain, and starts again after whatever can pass: lost connections, a node that is behind, a
 * roll-back deeper than finality (until somebody mends it). Resolves when `signal` aborts.
 * @throws AppError CHAIN_MISMATCH, which no waiting mends.
 */
export async function runIndexer(options: RunIndexerOptions): Promise<void> {
  const { pool, log, signal, metrics, health } = options;
  while (!signal.aborted) {
    let session: WriterSession | null = null;
    try {
      health.role = "starting";
      session = await openWriterSession(pool, signal, async () => {
        if (health.role !== "standby") log.info("another indexer writes: standing by");
        health.role = "standby";
        await lookAtWriter(options);
      });
      health.role = "writer";
      metrics.writer.set(1);
      health.session = session;
      await followUntilLost(options, session);
    } catch (thrown) {
      if (signal.aborted) break;
      const error = reasonOf(thrown);
      if (isFatal(error)) throw error;
      note(options, error);
      await wait(pauseMs.error, undefined, { signal }).catch(() => undefined);
    } finally {
      health.session = null;
      metrics.writer.set(0);
      session?.close();
    }
  }
}

/** A standby sees how far the writer is: behind one that is frozen, and holds the lock, it is not ready. */
async function lookAtWriter({ pool, rpc, health, log }: RunIndexerOptions): Promise<void> {
  try {
    const head = await rpc.latest();
    health.head = head.height;
    health.chainSeen = performance.now();
    const { rows } = await pool.query<{ height: number }>("select height from public.chain_status where id = 1");
    health.indexed = rows[0]?.height ?? -1;
  } catch (error) {
    log.debug({ error: classifyError(error) }, "the writer could not be looked at");
  }
}

/** As long as the connection holds, errors of the chain keep us the writer. */
async function followUntilLost(options: RunIndexerOptions, session: WriterSession): Promise<never> {
  const { log, signal, metrics, health } = options;
  for (;;) {
    try {
      await followChain({
        ...options,
        session,
        onHead: ({ height, time }) => {
          health.chainSeen = performance.now();
          health.head = height;
          metrics.head.set(height);
          metrics.headTime.set(time.getTime() / 1000);
          metrics.lag.set(Math.max(0, height - health.indexed));
        },
        onCommit: (committed) => onCommit(options, committed),
      });
      throw new AppError("INTERNAL", "The processor ended by itself.");
    } catch (thrown) {
      const error = reasonOf(thrown);
      if (signal.aborted || session.signal.aborted || isFatal(error)) throw error;
      if (error instanceof DivergedError) {
        if (!options.mayForget && !health.diverged) {
          await markDiverged(session);
          health.diverged = true;
          metrics.diverged.set(1);
          log.error({ reason: error.message }, "the chain lacks a final block: DIVERGED; `galen indexer rewind` mends it");
        }
        await wait(options.mayForget ? pauseMs.error : pauseMs.diverged, undefined, { signal: AbortSignal.any([signal, session.signal]) });
      } else {
        note(options, error);
        await wait(pauseMs.error, undefined, { signal: AbortSignal.any([signal, session.signal]) });
      }
    }
  }
}

function onCommit({ health, metrics, log, onCommit: told }: RunIndexerOptions, committed: Committed): void {
  const { state, applied, reverted, reorg } = committed;
  health.indexed = state.head.height;
  if (health.diverged) log.info("tables and chain agree again");
  health.diverged = false;
  metrics.diverged.set(0);
  metrics.indexed.set(state.head.height);
  metrics.finalized.set(state.finalized.height);
  metrics.lag.set(Math.max(0, health.head - state.head.height));
  metrics.events.inc({ op: "APPLY" }, applied);
  metrics.events.inc({ op: "REVERT" }, reverted);
  metrics.transaction.observe(applied);
  if (reorg) {
    metrics.reorgs.inc();
    log.warn({ height: state.head.height, reverted, applied }, "the chain changed: rolled back and followed");
  }
  told?.(committed);
}

function note({ log, metrics }: RunIndexerOptions, error: unknown): void {
  const known = classifyError(error);
  metrics.errors.inc({ code: known.code });
  metrics.lastErrorTime.set(Date.now() / 1000);
  log.error({ code: known.code, error: known.code === "INTERNAL" ? error : known }, "starting again");
}

/** What aborted a wait says more than that it was aborted. */
const reasonOf = (error: unknown): unknown => (error instanceof Error && error.name === "AbortError" && error.cause !== undefined ? error.cause : error);

const isFatal = (error: unknown): boolean => error instanceof AppError && error.code === "CHAIN_MISMATCH";
