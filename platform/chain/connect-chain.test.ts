import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Contract, isCallException } from "ethers";
import { recordingProxy, type RecordingProxy } from "../../test/support/recording-proxy.js";
import { withAnvil } from "../../test/support/with-anvil.js";
import type { TestProcess } from "../../test/support/with-postgres.js";
import { connectChain } from "./connect-chain.js";

let anvil: TestProcess;
let proxy: RecordingProxy;
before(async () => {
  anvil = await withAnvil();
  proxy = await recordingProxy();
  proxy.lead(Number(new URL(anvil.url).port));
});
after(() => Promise.all([anvil.stop(), proxy.stop()]));

/** Stands on every development chain; it is no market, and reverts whatever it is asked. */
const marketplace = "0x4e59b44847b379578588920ca78fbf26c0b4956c";
const deployment = { chainId: 31337, marketplace, token: marketplace, accessManager: marketplace, deployBlock: 0 };

test("whatever is asked of a node that went away is CHAIN_UNAVAILABLE, and a refused call is not", async () => {
  const provider = await connectChain({ rpcUrl: proxy.url, deployment });
  try {
    const ask = (): Promise<unknown> => new Contract(marketplace, ["function quorum() view returns (uint8)"], provider).getFunction("quorum")();
    await assert.rejects(ask(), isCallException);
    await assert.rejects(provider.send("eth_unknown", []), (error: Error) => !("retryable" in error));
    const cut = proxy.breakAt("eth_blockNumber");
    await assert.rejects(provider.getBlockNumber(), { code: "CHAIN_UNAVAILABLE", retryable: true });
    await cut;
    assert.equal(await provider.getBlockNumber(), 0, "it is back");
    proxy.lead(1); // nobody listens there
    void proxy.breakAfter(1);
    const host = new URL(proxy.url).host;
    for (const question of [ask, () => provider.getBlockNumber(), () => provider.getBlock("latest"), () => provider.getBalance(marketplace)]) {
      await assert.rejects(question(), { code: "CHAIN_UNAVAILABLE", message: `Cannot reach the chain's RPC node at ${host}.` });
    }
  } finally {
    provider.destroy();
  }
});
