import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Contract, type InterfaceAbi } from "ethers";
import { nodeCrypto } from "../crypto/node.js";
import { paymentTokenAbi } from "../schema/abi/payment-token.js";
import { AccessGrant } from "../schema/entities/access-grant.js";
import { table } from "../test/support/workers/samples.js";
import { testStack, type TestStack } from "../test/support/workers/test-stack.js";
import { approve, buy, consent, project } from "../test/support/workers/trade.js";
import { until, workerProcess, type WorkerProcess } from "../test/support/workers/worker-process.js";

/** GALEN_DEEP=1 (`npm run test:deep`) is the long version. */
const deep = process.env["GALEN_DEEP"] === "1";
const trades = deep ? 200 : 6;
const faults = deep ? 100 : 4;
/** One sale, in the token's smallest unit. */
const price = 5_000_000n;
const patienceMs = deep ? 600_000 : 120_000;

let stack: TestStack;
let over = false;
const slots: (WorkerProcess | null)[] = [null, null];
before(async () => {
  stack = await testStack();
});
after(async () => {
  over = true;
  for (const each of slots) await each?.kill();
  await stack.stop();
});

/** A repeatable choice of what goes wrong, and when. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

test(`${faults} faults during ${trades} trades: every order is delivered once, nothing is lost, and the money is all there`, { timeout: patienceMs + 60_000 }, async () => {
  const launch = async (slot: number): Promise<void> => {
    slots[slot] = await workerProcess(stack.env).catch(() => null); // a fault hit its start: the next round tries again
  };
  await Promise.all(slots.map((_, slot) => launch(slot)));

  // Stands for the indexer.
  const indexing = (async () => {
    while (!over) {
      await project(stack, 1).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  })();

  let suffered = 0;
  const random = numbers(20_261_123);
  const next = (): number => random.next().value as number;
  const suffering = (async () => {
    while (!over && suffered < faults) {
      await new Promise((resolve) => setTimeout(resolve, 500 + next() * 1_500));
      const what = next();
      const slot = next() < 0.5 ? 0 : 1;
      if (what < 0.6) {
        await slots[slot]?.kill();
        await launch(slot);
      } else if (what < 0.8) {
        await stack.deps.redis.flushall();
      } else {
        await stack.database.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name in ('galen-workers', 'galen-listen')");
      }
      for (const [index, each] of slots.entries()) if (!each || each.child.exitCode !== null || each.child.signalCode !== null) await launch(index);
      suffered += 1;
    }
  })();

  const ids = await Promise.all(Array.from({ length: trades }, (_, i) => stack.receive(table(10 + (i % 20), `Trade-${i}`))));
  const orders: string[] = [];
  for (const uploadId of ids) {
    const { listingId } = await until("an upload to be stored", async () => {
      const upload = await stack.upload(uploadId);
      if (["FAILED", "REFUSED"].includes(upload.status)) throw new Error(`${upload.errorCode}: ${upload.errorMessage}`);
      return upload.status === "STORED" && upload;
    }, patienceMs);
    await consent(stack, uploadId, price);
    await until("its listing", async () => (await stack.deps.market.listingStatus(listingId ?? "")) === "PENDING", patienceMs);
    await approve(stack, listingId ?? "");
    orders.push((await buy(stack, listingId ?? "", price)).orderId);
  }
  const grants = await Promise.all(orders.map((orderId) => until("a delivery", async () => {
    const grant = await stack.database.getRepository(AccessGrant).findOneBy({ kind: "ORDER", subject: orderId });
    if (grant?.status === "FAILED") throw new Error(`The grant failed: ${grant.errorCode}`);
    return grant?.status === "READY" && grant;
  }, patienceMs)));
  await suffering;
  over = true;
  await indexing;
  assert.equal(suffered, faults);

  // Delivered once each, as committed to; each header opens with the buyer's key.
  const { deps, deployment, provider, database } = stack;
  const logs = (await provider.getLogs({ address: deployment.marketplace, fromBlock: 0 })).map((log) => deps.market.contract.parseLog(log));
  const named = (name: string) => logs.filter((event) => event?.name === name);
  const delivered = new Map(named("Delivered").map((event) => [String(event?.args["orderId"]), String(event?.args["deliveryCommitment"])]));
  assert.equal(named("Delivered").length, trades);
  assert.equal(named("Listed").length, trades);
  for (const grant of grants) {
    assert.equal(delivered.get(grant.subject), grant.deliveryCommitment);
    assert.equal(nodeCrypto.openHeader(new Uint8Array(grant.header ?? []), [stack.buyer.identity]).length, 16);
  }
  // All the money that was paid is in escrow.
  const token = new Contract(deployment.token, paymentTokenAbi as InterfaceAbi, provider);
  assert.equal(await token.getFunction("balanceOf")(deployment.marketplace), price * BigInt(trades));
  // Nothing half-done is left.
  const count = async (what: string): Promise<number> => ((await database.query(`select count(*)::int as n from ${what}`)) as { n: number }[])[0]?.n ?? -1;
  assert.equal(await count("app.dead_letter"), 0);
  assert.equal(await count("app.tx_outbox where status = 'FAILED'"), 0);
  assert.equal(await count("app.record_key"), 2 * trades, "of the record, and of its legal evidence");
  assert.equal((await deps.objects.list("records/")).length, 2 * trades);
  const [gap] = (await database.query("select count(*)::int as n, max(seq)::int as top from app.activity")) as { n: number; top: number }[];
  assert.equal(gap?.n, gap?.top, "the feed has no gap");
});
