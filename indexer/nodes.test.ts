import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Registry } from "prom-client";
import type { DataSource } from "typeorm";
import { connectDatabase } from "../platform/database/connect.js";
import { migrate } from "../platform/database/migrate.js";
import { createLogger } from "../platform/log.js";
import type { ChainWatchSeen } from "../schema/chain-watch.js";
import { EmitterChain } from "../test/support/emitter-chain.js";
import { FaultyRpc, type Fault } from "../test/support/faulty-rpc.js";
import { generatedLog, seededRandom } from "../test/support/generated-logs.js";
import { startIndexer, untilIndexed } from "../test/support/indexer-harness.js";
import { withPostgres, type TestService } from "../test/support/with-postgres.js";
import { ChainRpc } from "./chain-rpc.js";
import { IndexerMetrics } from "./indexer-metrics.js";
import { Signers } from "./signers.js";
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
/** Faults of one look must not hide those of the next. */
const mend = (): void => nodes.forEach((node) => void Object.assign(node, { state: "up", fault: null }));
beforeEach(mend);

async function usedAfter(spoil: () => void, signers = new Signers()): Promise<{ used: number; metrics: string; alarms: string[]; signers: ChainWatchSeen["signers"] }> {
  const rpc = new ChainRpc(...nodes.map(({ url }) => url));
  const registry = new Registry();
  mend();
  spoil();
  try {
    const log = createLogger({ service: "test", level: "silent" });
    const seen = await lookAtNodes({ rpc, chainId: 31337, finalityDepth: 2, log, metrics: new IndexerMetrics(registry) }, signers);
    return { used: rpc.used, metrics: await registry.metrics(), alarms: seen.alarms.map(({ alarm, about }) => `${alarm}: ${about}`), signers: seen.signers };
  } finally {
    rpc.close();
  }
}
const header = (change: (block: Record<string, string>) => Record<string, string>, when: (number: string) => boolean): Fault => ({ id, method, params }, { result }) =>
  method === "eth_getBlockByNumber" && when(params[0] as string) ? { id, result: change({ ...(result as Record<string, string>) }) } : undefined;

test("nodes that agree: the first is asked, and all are told of", async () => {
  await chain.mine(1);
  const { used, metrics, alarms, signers } = await usedAfter(() => undefined);
  assert.equal(used, 0);
  assert.deepEqual(alarms, []);
  assert.deepEqual(signers, [], "this chain does not say who seals");
  assert.match(metrics, /galen_indexer_alarm\{alarm="NODES_DISAGREE"\} 0/);
  assert.equal(metrics.match(/galen_indexer_node_up\{[^}]*\} 1/g)?.length, 3);
});

test("a node that is down, of another chain, far behind, or alone with its final block is left", async () => {
  assert.notEqual((await usedAfter(() => (nodes[0]!.state = "down"))).used, 0);
  assert.notEqual((await usedAfter(() => (nodes[0]!.fault = ({ id, method }) => (method === "eth_chainId" ? { id, result: "0x5" } : undefined)))).used, 0);
  assert.notEqual((await usedAfter(() => (nodes[0]!.fault = header((block) => ({ ...block, number: "0x3" }), (number) => number === "latest")))).used, 0);
  const alone = await usedAfter(() => (nodes[0]!.fault = header((block) => ({ ...block, hash: `0x${"12".repeat(32)}` }), (number) => number !== "latest")));
  assert.notEqual(alone.used, 0);
  assert.match(alone.metrics, /galen_indexer_alarm\{alarm="NODES_DISAGREE"\} 1/);
});

const alarmsAfter = async (spoil: () => void, signers?: Signers): Promise<string[]> => (await usedAfter(spoil, signers)).alarms;
const late = (seconds: number): Fault => header((block) => ({ ...block, timestamp: `0x${Math.floor(Date.now() / 1000 - seconds).toString(16)}` }), (number) => number === "latest");

test("alarms: a node down, catching up, the head old or ahead of the clock", async () => {
  assert.deepEqual(await alarmsAfter(() => (nodes[1]!.state = "down")), ["NODE_DOWN: node 2 does not answer, or serves another chain"]);
  assert.deepEqual(await alarmsAfter(() => (nodes[2]!.fault = ({ id, method }) => (method === "eth_syncing" ? { id, result: { currentBlock: "0x1" } } : undefined))), ["NODE_SYNCING: node 3 is catching up"]);
  const allLate = (seconds: number) => () => nodes.forEach((node) => (node.fault = late(seconds)));
  assert.match((await alarmsAfter(allLate(40))).join(), /^HEAD_OLD: the newest block is 4\d s old$/);
  assert.match((await alarmsAfter(allLate(-30))).join(), /^CLOCK_DRIFT: the newest block is [23]\d s ahead of the clock$/);
});

test("signers: who seals, an alarm for one that stops and for a node without peers, and the block's row names who sealed it", async () => {
  const signers = new Signers();
  const [one, two] = [`0x${"a1".repeat(20)}`, `0x${"b2".repeat(20)}`];
  const sealed = async (by: string, blocks: number): Promise<number> => {
    await chain.call("anvil_setCoinbase", [by]);
    await chain.mine(blocks);
    return (await chain.head()).height;
  };
  const lastOfOne = await sealed(one, 2);
  const head = await sealed(two, 3);
  const well = await usedAfter(() => undefined, signers);
  assert.deepEqual(well.signers, [{ address: one, lastBlock: lastOfOne }, { address: two, lastBlock: head }]);
  assert.match(well.metrics, new RegExp(`galen_indexer_signer_block\\{signer="${two}"\\} ${head}`));
  assert.deepEqual(well.alarms, []);
  const noPeers: Fault = ({ id, method }) => (method === "net_peerCount" ? { id, result: "0x0" } : undefined);
  assert.deepEqual(await alarmsAfter(() => (nodes[0]!.fault = noPeers), signers), ["NO_PEERS: node 1 has no peer"]);
  await sealed(two, 6);
  assert.deepEqual(await alarmsAfter(() => undefined, signers), [`SIGNER_SILENT: ${one} has sealed none of the last 9 blocks`]);
  await sealed(one, 1);
  assert.deepEqual(await alarmsAfter(() => undefined, signers), []);

  const indexer = startIndexer({ database, rpcUrl: chain.url, deployment: chain.deployment });
  await chain.emit([generatedLog(seededRandom(1))]);
  await untilIndexed(database, await chain.head());
  assert.deepEqual(await database.query("select signer from block order by number desc limit 1"), [{ signer: one }]);
  await indexer.stop();
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
