import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Wallet } from "ethers";
import { Registry } from "prom-client";
import { ChainRpc } from "../indexer/chain-rpc.js";
import { IndexerMetrics } from "../indexer/indexer-metrics.js";
import { IndexerHealth } from "../indexer/run-indexer.js";
import { watchNodes } from "../indexer/watch-nodes.js";
import { watchSelf } from "../indexer/watch-self.js";
import { createLogger } from "../platform/log.js";
import { Role } from "../schema/market.js";
import { poolOf, until } from "./support/indexer-harness.js";
import { withApi, type TestApi } from "./support/with-api.js";

let t: TestApi;
before(async () => {
  t = await withApi();
});
after(() => t.stop());

interface ChainAnswer {
  lastVerifiedBlock: number | null;
  mismatch: string | null;
  health: { nodes: { number: number; up: boolean; used: boolean; head: number; driftSeconds: number }[]; signers: unknown[]; alarms: { alarm: string; about: string }[] } | null;
}
async function chainAnswer(): Promise<ChainAnswer> {
  const { data, errors } = await t.ask("{ chain { lastVerifiedBlock mismatch health { observedAt nodes { number up used head driftSeconds peers syncing } signers { address lastBlock } alarms { alarm about } } } }");
  assert.deepEqual(errors, []);
  return (data as unknown as { chain: ChainAnswer }).chain;
}

test("what the indexer's watches see is in the chain query and the metrics: nodes, alarms, the last verified block, and the row that differs", async () => {
  assert.deepEqual(await chainAnswer(), { lastVerifiedBlock: null, mismatch: null, health: null });
  const account = Wallet.createRandom();
  await t.accredit(account, Role.BUYER);
  const registry = new Registry();
  const metrics = new IndexerMetrics(registry);
  // The second node is not there.
  const rpc = new ChainRpc(t.env["RPC_URL"]!, "http://127.0.0.1:9");
  const stop = new AbortController();
  const health = Object.assign(new IndexerHealth(), { role: "writer" as const });
  const { deployment } = t.api.deps.market;
  const shared = { pool: poolOf(t.database), rpc, log: createLogger({ service: "test", level: "silent" }), signal: stop.signal, metrics, health, everyMs: 50 };
  const watching = [watchNodes({ ...shared, chainId: deployment.chainId, finalityDepth: 2 }), watchSelf({ ...shared, deployment })];
  try {
    await until(async () => (await chainAnswer()).health !== null && (await chainAnswer()).lastVerifiedBlock !== null, 20_000, "both have looked");
    const { mismatch, health: seen } = await chainAnswer();
    assert.equal(mismatch, null);
    assert.deepEqual(seen!.nodes.map(({ number, up, used }) => ({ number, up, used })), [{ number: 1, up: true, used: true }, { number: 2, up: false, used: false }]);
    assert.ok(seen!.nodes[0]!.head > 0 && Math.abs(seen!.nodes[0]!.driftSeconds) < 60);
    assert.deepEqual(seen!.alarms.filter(({ alarm }) => alarm === "NODE_DOWN"), [{ alarm: "NODE_DOWN", about: "node 2 does not answer, or serves another chain" }]);
    assert.match(await registry.metrics(), /galen_indexer_alarm\{alarm="NODE_DOWN"\} 1/);

    await t.database.query("update participant set valid_until = valid_until + 1 where account = $1", [account.address.toLowerCase()]);
    await until(async () => (await chainAnswer()).mismatch !== null, 20_000, "the self-check finds the spoilt row");
    assert.match((await chainAnswer()).mismatch!, new RegExp(`^participant ${account.address.toLowerCase()} at block \\d+: validUntil is \\d+ in the tables, \\d+ in the contract$`));
    assert.match(await registry.metrics(), /galen_indexer_mismatches_total [1-9]/);
    assert.match(await registry.metrics(), /galen_indexer_verified_block [1-9]/);
  } finally {
    stop.abort();
    await Promise.all(watching);
    rpc.close();
  }
});
