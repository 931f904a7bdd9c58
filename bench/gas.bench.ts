/**
 * `npm run bench -- gas [--json]`: gas of Galen's flows against Ocean Protocol's contracts 2.6.0, on the same anvil.
 * Workflow ratios: Ocean mints a token that can be traded on and pays at once; Galen holds the price in escrow and audits first.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonRpcProvider } from "ethers";
import { startAnvil } from "../platform/embedded/anvil.js";
import { openMarket } from "./gas/galen.js";
import { installOcean, measureOcean } from "./gas/ocean.js";
import { runBench } from "./report.js";

const home = mkdtempSync(join(tmpdir(), "galen-bench-gas-"));
installOcean();
const anvil = await startAnvil({ home });
const provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 });
try {
  await runBench("gas", async (add) => {
    process.stderr.write("Ocean mints tradable data tokens and pays at once; Galen holds escrow and audits: these are ratios of workflows.\n");
    const ours = await openMarket(provider);
    const ocean = await measureOcean(provider, ours.token, ours.fund);
    // `floor`: what the transaction, its data, storage, signatures, calls and events cost without a single step of reckoning;
    // docs/adr/0010-contract-trade-offs.md has the sums.
    const compare = (name: string, gas: number, peer: number, peerName: string, bar: number, floor: number): void => {
      const ratio = gas / peer;
      const ok = ratio <= bar;
      const row = { name, unit: "gas", ours: Math.round(gas), peer, peerName, ratio, bar: `ratio ≤ ${bar}`, ok };
      add(ok ? row : { ...row, why: `the opcode floor of this flow is ${floor} (${(floor / peer).toFixed(3)})` });
    };

    const offered = ocean.create + ocean.describe;
    const offering = "Ocean: createNftWithErc20WithFixedRate + setMetaData";
    await ours.tradable(); // first writes of the auditors' and the market's own slots
    const one = ours.newTerms();
    compare("list + 2 approvals by signature, in two transactions", (await ours.list(one)) + (await ours.approveSigned([one])), offered, offering, 0.08, 111_000);
    const each = ours.newTerms();
    const separate = (await ours.list(each)) + (await ours.approveEach(each));
    add({ name: "list + 2 approvals by the auditors' own transactions", unit: "gas", ours: separate, peer: offered, peerName: offering, ratio: separate / offered, bar: "reported", ok: true });
    const batch = Array.from({ length: 20 }, () => ours.newTerms());
    compare("the same for a batch of 20, each", ((await ours.listBatch(batch)) + (await ours.approveSigned(batch))) / 20, offered, offering, 0.028, 40_000);
    await ours.listAnonymously(ours.newTerms(true));
    // The mean of eight: how many tries the way to the curve takes is chance.
    let hidden = 0;
    for (let i = 0; i < 8; i++) {
      const own = ours.newTerms(true);
      hidden += ((await ours.listAnonymously(own)) + (await ours.approveSigned([own]))) / 8;
    }
    compare("anonymous listing in a ring of 16 + 2 approvals", hidden, offered, offering, 0.4, 540_000);

    const terms = await ours.tradable();
    await ours.approveToken(2n ** 256n - 1n);
    await ours.purchase(terms, ours.word());
    const salt = ours.word();
    const bought = await ours.purchase(terms, salt);
    compare("purchase, allowance in place, steady buyer", bought, ocean.buy, "Ocean: buyFromFreAndOrder", 0.26, 70_800);
    await ours.approveToken(0n);
    await ours.purchaseWithPermit(terms, ours.word());
    compare("purchase with permit, one transaction", await ours.purchaseWithPermit(terms, ours.word()), ocean.approve + ocean.buy, "Ocean: approve + buyFromFreAndOrder", 0.28, 82_700);

    // Steady: payee and treasury have been credited, and the payee paid, before.
    await ours.approveToken(2n ** 256n - 1n);
    const settleOne = async (): Promise<number> => {
      const own = ours.word();
      return (await ours.purchase(terms, own)) + (await ours.deliver(terms, own)) + (await ours.settle(terms, own));
    };
    await settleOne();
    await ours.withdraw();
    const flows: number[] = [];
    for (let i = 0; i < 10; i++) flows.push(await settleOne());
    const flow = flows.reduce((sum, gas) => sum + gas, 0) / 10 + (await ours.withdraw()) / 10;
    compare("purchase + deliver + settle + a tenth of a withdrawal of ten", flow, ocean.buy + ocean.executed, "Ocean: buyFromFreAndOrder + orderExecuted", 0.5, 155_000);
  });
} finally {
  provider.destroy();
  await anvil.stop();
  rmSync(home, { recursive: true, force: true });
}
