import type { Pool } from "pg";
import type { DataSource } from "typeorm";
import type { PostgresDriver } from "typeorm/driver/postgres/PostgresDriver.js";
import { Registry } from "prom-client";
import type { Deployment } from "../../platform/chain/deployment.js";
import { createLogger } from "../../platform/log.js";
import { ChainRpc } from "../../indexer/chain-rpc.js";
import { IndexerMetrics } from "../../indexer/indexer-metrics.js";
import type { Committed } from "../../indexer/market-database.js";
import { IndexerHealth, runIndexer } from "../../indexer/run-indexer.js";

/** @returns the connections below a data source. */
export const poolOf = (database: DataSource): Pool => (database.driver as PostgresDriver).master as Pool;

export interface RunningIndexer {
  readonly health: IndexerHealth;
  /** Commits so far, oldest first. */
  readonly commits: Committed[];
  /** Rejects if the indexer gave up. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** Runs an indexer inside the test's process. */
export function startIndexer(options: { database: DataSource; rpcUrl: string | readonly string[]; deployment: Deployment; finalityDepth?: number; mayForget?: boolean }): RunningIndexer {
  const stop = new AbortController();
  const health = new IndexerHealth();
  const commits: Committed[] = [];
  const rpc = new ChainRpc(...[options.rpcUrl].flat());
  const done = runIndexer({
    pool: poolOf(options.database),
    rpc,
    deployment: options.deployment,
    finalityDepth: options.finalityDepth ?? 2,
    pollIntervalMs: 10,
    mayForget: options.mayForget ?? true,
    log: createLogger({ service: "indexer", level: process.env["TEST_LOG"] ?? "silent" }),
    signal: stop.signal,
    metrics: new IndexerMetrics(new Registry()),
    health,
    onCommit: (committed) => commits.push(committed),
  });
  done.catch(() => undefined);
  return {
    health,
    commits,
    done,
    async stop() {
      stop.abort();
      await done.catch(() => undefined);
      rpc.close();
    },
  };
}

/** Waits until the tables stand at this block. */
export async function untilIndexed(database: DataSource, block: { height: number; hash: string }, limitMs = 20_000): Promise<void> {
  await until(
    async () => {
      const rows: { height: number; hash: string }[] = await database.query("select height, hash from chain_status");
      return rows[0]?.height === block.height && rows[0].hash === block.hash;
    },
    limitMs,
    `the tables stand at block ${block.height}`,
  );
}

export async function until(check: () => Promise<boolean> | boolean, limitMs: number, what: string): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`Waited ${limitMs} ms in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
