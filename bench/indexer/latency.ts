import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { connectDatabase } from "../../platform/database/connect.js";
import { migrate } from "../../platform/database/migrate.js";
import { EmitterChain } from "../../test/support/emitter-chain.js";
import { generatedLog, seededRandom } from "../../test/support/generated-logs.js";
import { IndexerProcess } from "../../test/support/indexer-process.js";
import type { BenchRow } from "../report.js";

const blocksPerSecond = 20;
const blocks = 400;
/** How often the indexer asks for the head, in ms. */
const pollIntervalMs = 5;

/** From the node's answer that a block is mined to the notification that its rows are committed, at 20 blocks a second. */
export async function measureLatency(postgresUrl: string, add: (row: BenchRow) => void): Promise<void> {
  const admin = new pg.Client(postgresUrl);
  await admin.connect();
  await admin.query("create database bench_latency");
  await admin.end();
  const databaseUrl = postgresUrl.replace(/\/[^/]*$/, "/bench_latency");
  const database = await connectDatabase({ url: databaseUrl, service: "bench" });
  await migrate(database);
  await database.destroy();
  const folder = mkdtempSync(join(tmpdir(), "galen-latency-"));
  const chain = await EmitterChain.start();
  const indexer = new IndexerProcess({ databaseUrl, rpcUrl: chain.url, deployment: chain.deployment, finalityDepth: 2, pollIntervalMs });
  const client = new pg.Client(databaseUrl);
  try {
    await client.connect();
    await client.query("listen chain_status");
    const mined = new Map<number, number>();
    const delays: number[] = [];
    let told = 0;
    client.on("notification", ({ payload }) => {
      ({ height: told } = JSON.parse(payload!) as { height: number });
      for (const [height, at] of mined) {
        if (height > told) break;
        mined.delete(height);
        delays.push(performance.now() - at);
      }
    });
    const random = seededRandom(1);
    await chain.emit([generatedLog(random)]);
    while (indexer.said("following the chain") === undefined) await wait(20);
    await wait(1_000);
    let height = (await chain.head()).height;
    const start = performance.now();
    for (let block = 0; block < blocks; block++) {
      await wait(Math.max(0, start + (block * 1_000) / blocksPerSecond - performance.now()));
      await chain.emit([generatedLog(random), generatedLog(random)]);
      // The indexer may have been quicker than the node's answer to us.
      if (++height <= told) delays.push(0);
      else mined.set(height, performance.now());
    }
    await wait(2_000);
    delays.sort((a, b) => a - b);
    const part = (share: number): number => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))]!;
    for (const [name, value, bar] of [["p50", part(0.5), 15], ["p99", part(0.99), 50]] as const) {
      const ok = value <= bar && delays.length === blocks;
      const why = delays.length < blocks ? `${blocks - delays.length} blocks were not told within 2 s` : "a dozen statements and an fsync a block, each of them waiting for a core when others work; docs/indexer-bench.md";
      add({ name: `block mined → rows told, ${name}, ${delays.length} blocks, head asked for every ${pollIntervalMs} ms`, unit: "ms", ours: value, bar: `≤ ${bar}`, ok, ...(ok ? {} : { why }) });
    }
  } finally {
    await indexer.end("SIGTERM");
    await client.end();
    await chain.stop();
    rmSync(folder, { recursive: true });
  }
}
