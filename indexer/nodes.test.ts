import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Registry } from "prom-client";
import type { DataSource } from "typeorm";
import { connectDatabase } from "../platform/database/connect.js";
import { migrate } from "../platform/database/migrate.js";
import { createLogger } from "../platform/log.js";
import { EmitterChain } from "../test/support/emitter-chain.js";
import { FaultyRpc, type Fault } from "../test/support/faulty-rpc.js";
import { startIndexer, untilIndexed } from "../test/support/indexer-harness.js";
import { withPostgres, type TestService } from "../test/support/with-postgres.js";
import { ChainRpc } from "./chain-rpc.js";
import { IndexerMetrics } from "./indexer-metrics.js";
import { lookAtNodes } from "./watch-nodes.js";

let postgres: TestService;
let database: DataSource;
let chain: EmitterChain;
let nodes: FaultyRpc[];
before(async () => {
  [postgres, chain] = await Promise.all([withPostgres(), EmitterChain.start()]);
  database = await connectDatabase({ url: postgres.url, service: "test" });
  await migrate(database);
  nodes = await Promise.all([1, 2, 3].map(() => FaultyRpc.start(chain.url)));
  await chain.mine(20);
});
after(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await database.destroy();
  await chain.stop();
  await postgres.stop();
});
beforeEach(() => {
  for (const node of nodes) Object.assign(node, { state: "up", fault: null });
});

async function usedAfter(spoil: () => void): Promise<{ used: number; metrics: string }> {
  const rpc = new ChainRpc(...nodes.map(({ url }) => url));
  const registry = new Registry();
  spoil();
  try {
    const log = createLogger({ service: "test", level: "silent" });
    await lookAtNodes({ rpc, chainId: 31337, finalityDepth: 2, log, signal: new AbortController().signal, metrics: new IndexerMetrics(registry), everyMs: 1 });
    return { used: rpc.used, metrics: await registry.metrics() };
  } finally {
    rpc.close();
  }
}
const header = (change: (block: Record<string, string>) => Record<string, string>, when: (number: string) => boolean): Fault => ({ id, method, params }, { result }) =>
  method === "eth_getBlockByNumber" && when(params[0] as string) ? { id, result: change({ ...(result as Record<string, string>) }) } : undefined;

test("nodes that agree: the first is asked, and all are told of", async () => {
  const { used, metrics } = await usedAfter(() => undefined);
  assert.equal(used, 0);
  assert.match(metrics, /galen_indexer_nodes_disagree 0/);
  assert.equal(metrics.match(/galen_indexer_node_up\{[^}]*\} 1/g)?.length, 3);
});

test("a node that is down, of another chain, far behind, or alone with its final block is left", async () => {
  assert.notEqual((await usedAfter(() => (nodes[0]!.state = "down"))).used, 0);
  assert.notEqual((await usedAfter(() => (nodes[0]!.fault = ({ id, method }) => (method === "eth_chainId" ? { id, result: "0x5" } : undefined)))).used, 0);
  assert.notEqual((await usedAfter(() => (nodes[0]!.fault = header((block) => ({ ...block, number: "0x3" }), (number) => number === "latest")))).used, 0);
  const alone = await usedAfter(() => (nodes[0]!.fault = header((block) => ({ ...block, hash: `0x${"12".repeat(32)}` }), (number) => number !== "latest")));
  assert.notEqual(alone.used, 0);
  assert.match(alone.metrics, /galen_indexer_nodes_disagree 1/);
});

test("the index goes on when the node that is asked dies, and starts where the first is of another chain", async () => {
  const rpcUrl = nodes.slice(0, 2).map(({ url }) => url);
  let indexer = startIndexer({ database, rpcUrl, deployment: chain.deployment });
  await chain.mine(1);
  await untilIndexed(database, await chain.head());
  nodes[0]!.state = "down";
  await chain.mine(3);
  await untilIndexed(database, await chain.head());
  await indexer.stop();
  Object.assign(nodes[0]!, { state: "up", fault: (({ id, method }) => (method === "eth_chainId" ? { id, result: "0x5" } : undefined)) satisfies Fault });
  indexer = startIndexer({ database, rpcUrl, deployment: chain.deployment });
  await chain.mine(2);
  await untilIndexed(database, await chain.head());
  await indexer.stop();
});
