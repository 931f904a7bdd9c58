import assert from "node:assert/strict";
import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startAnvil } from "./anvil.js";
import { openHome } from "./home.js";

const account = `0x${"0a".repeat(20)}`;

async function rpc(url: string, method: string, ...params: unknown[]): Promise<unknown> {
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
  if (error !== undefined) throw new Error(error.message);
  return result;
}

test("mines every second, has no rich accounts, asks nothing for gas, and keeps its state over a stop", async () => {
  const home = await openHome(null);
  try {
    const first = await startAnvil({ home: home.path });
    assert.deepEqual(await rpc(first.url, "eth_accounts"), []);
    assert.equal(await rpc(first.url, "eth_chainId"), "0x7a69");
    assert.equal(await rpc(first.url, "eth_gasPrice"), "0x0");
    await rpc(first.url, "anvil_setBalance", account, "0x2a");
    const before = Number(await rpc(first.url, "eth_blockNumber"));
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    const after = Number(await rpc(first.url, "eth_blockNumber"));
    assert.ok(after - before >= 1 && after - before <= 3, `${after - before} blocks in 2.2 s`);
    await first.stop();

    const second = await startAnvil({ home: home.path });
    assert.equal(second.repaired, false);
    assert.equal(await rpc(second.url, "eth_getBalance", account, "latest"), "0x2a");
    assert.ok(Number(await rpc(second.url, "eth_blockNumber")) >= after);
    await second.stop();
  } finally {
    home.release();
  }
});

test("a state file that a crash left half-written is replaced by the last whole one", async () => {
  const home = await openHome(null);
  try {
    const first = await startAnvil({ home: home.path });
    await rpc(first.url, "anvil_setBalance", account, "0x2a");
    // Backed up every five seconds, when it was written in the second before.
    await new Promise((resolve) => setTimeout(resolve, 6_500));
    process.kill(first.child.pid, "SIGKILL");
    await first.stop();
    const state = join(home.path, "chain", "state.json");
    truncateSync(state, Math.floor(readFileSync(state).length / 2));

    const second = await startAnvil({ home: home.path });
    assert.equal(second.repaired, true);
    assert.equal(await rpc(second.url, "eth_getBalance", account, "latest"), "0x2a");
    await second.stop();
  } finally {
    home.release();
  }
});
