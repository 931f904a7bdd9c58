import { setTimeout as wait } from "node:timers/promises";
import { Wallet } from "ethers";
import { Role } from "../../schema/market.js";
import { LiveClient } from "../../test/support/live-client.js";
import type { TestApi } from "../../test/support/with-api.js";
import type { BenchRow } from "../report.js";
import { startServer } from "./processes.js";

const bars = { p50: 25, p99: 80 };

/** From the node's taking of a transaction, which it mines at once, to the frame that tells of its event: chain, indexer, Postgres and API as they are. */
export async function measureWhole(stack: TestApi, { seconds }: { seconds: number }, add: (row: BenchRow) => void): Promise<void> {
  const provider = Wallet.createRandom();
  await stack.accredit(provider, Role.PROVIDER);
  const { terms } = await stack.list(provider);
  const wallet = provider.connect(stack.provider);
  const server = await startServer(stack, "ours");
  const client = await LiveClient.open(`http://127.0.0.1:${server.port}`);
  const arrived = new Map<string, number>();
  client.ws.on("message", (data: Buffer) => {
    const { payload } = JSON.parse(data.toString()) as { payload?: { data?: { marketEvents: { transactionHash: string } } } };
    if (payload?.data) arrived.set(payload.data.marketEvents.transactionHash, performance.now());
  });
  try {
    client.subscribe("1", 'subscription { marketEvents(where: { name: ["Repriced"] }) { transactionHash } }');
    await wait(500);
    const delays: number[] = [];
    for (let round = 0; round < Math.max(20, seconds * 10); round++) {
      const call = await stack.marketplace.getFunction("reprice").populateTransaction(terms, 5_000_000 + round);
      const signed = await wallet.signTransaction({ ...call, type: 0, gasPrice: 0n, gasLimit: 1_000_000n, chainId: 31_337n, nonce: await stack.provider.getTransactionCount(wallet.address) });
      const hash = (await stack.provider.send("eth_sendRawTransaction", [signed])) as string;
      const minedAt = performance.now();
      for (const end = Date.now() + 5_000; !arrived.has(hash) && Date.now() < end; ) await wait(1);
      if (round >= 10) delays.push(Math.max(0, (arrived.get(hash) ?? Infinity) - minedAt));
    }
    delays.sort((a, b) => a - b);
    for (const part of ["p50", "p99"] as const) {
      const value = delays[Math.floor(delays.length * (part === "p50" ? 0.5 : 0.99))]!;
      add({ name: `block mined → frame, ${part}, ${delays.length} blocks`, unit: "ms", ours: value, bar: `≤ ${bars[part]}`, ok: value <= bars[part] });
    }
  } finally {
    client.ws.terminate();
    await server.stop();
  }
}
