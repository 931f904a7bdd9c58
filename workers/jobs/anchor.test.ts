import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessGenesis, accessRecordHash } from "../../crypto/access-chain.js";
import { nodeBackend } from "../../crypto/backend/node.js";
import { batchProof, batchRoot, verifyBatchProof } from "../../crypto/merkle/batch.js";
import { createSender } from "../../platform/outbox/create-sender.js";
import { AccessBatch } from "../../schema/entities/access-batch.js";
import { AccessRecord } from "../../schema/entities/access-record.js";
import { testStack, type TestStack } from "../../test/support/workers/test-stack.js";
import { tellLimit } from "../tell-accesses.js";
import { anchor, batchSize } from "./anchor.js";

let stack: TestStack;
before(async () => {
  stack = await testStack({ blockTime: 3_600 });
});
after(() => stack.stop());

const note = (count: number, at = "now()"): Promise<unknown> =>
  stack.database.query(`insert into app.access_inbox (at, account, action, outcome, listing_id, order_id, first_byte, last_byte)
    select ${at}, '0xabc', case n % 2 when 0 then 'BYTES' else 'REFUSED' end, 'OK', '0x01', null, n, null from generate_series(1, ${count}) n`);
const records = (): Promise<AccessRecord[]> => stack.database.getRepository(AccessRecord).find({ order: { seq: "ASC" } });
const batches = (): Promise<AccessBatch[]> => stack.database.getRepository(AccessBatch).find({ order: { batchIndex: "ASC" } });
const mine = (): Promise<unknown> => stack.provider.send("anvil_mine", ["0x1"]);
const count = async (table: string): Promise<number> => ((await stack.database.query(`select count(*)::int as n from ${table}`)) as { n: number }[])[0]?.n ?? -1;

test("many sequencers at once make one gap-free chain; nothing is lost or doubled", async () => {
  await note(3_000, "now() - interval '1 minute'");
  await mine();
  const run = anchor(stack.deps);
  await Promise.all([run({}), run({}), run({}), note(500, "now() - interval '1 minute'")]);
  await run({});
  const all = await records();
  assert.equal(all.length, 3_500);
  assert.equal(await count("app.access_inbox"), 0);
  assert.equal(new Set(all.map(({ inboxId }) => inboxId)).size, 3_500);
  let previous = accessGenesis;
  for (const [i, record] of all.entries()) {
    assert.equal(record.seq, BigInt(i + 1));
    const { account, action, outcome, grantId, listingId, orderId, firstByte, lastByte, salt } = record;
    assert.match(salt ?? "", /^[0-9a-f]{32}$/);
    const text = (value: bigint | null): string | null => (value === null ? null : String(value));
    const entry = { seq: `${record.seq}`, at: record.at.toISOString(), account, action, outcome, grantId, listingId, orderId, firstByte: text(firstByte), lastByte: text(lastByte), salt };
    assert.equal(record.hash, accessRecordHash(nodeBackend, previous, entry));
    previous = record.hash;
  }
  assert.equal(new Set(all.map(({ salt }) => salt)).size, 3_500);
  // By number: full batches; the rest by age, for these are old.
  const made = await batches();
  assert.deepEqual(made.map((batch) => batch.count), [batchSize, batchSize, batchSize, 500]);
  for (const batch of made) {
    const hashes = all.filter(({ batchIndex }) => batchIndex === batch.batchIndex).map(({ hash }) => hash);
    assert.equal(batch.root, batchRoot(nodeBackend, hashes));
    assert.equal(verifyBatchProof(nodeBackend, batch.root, hashes[7] ?? "", batchProof(nodeBackend, hashes, 7)), true);
  }
});

/** Sends what is in the outbox, as a process of its own would. */
async function send(): Promise<void> {
  const { database, provider, deployment, deps, wallets } = stack;
  const sender = createSender({ database, provider, wallet: wallets.ANCHORER, role: "ANCHORER", chainId: deployment.chainId, contract: deps.market.contract, finalityDepth: 0, log: deps.log });
  try {
    for (let i = 0; i < 4; i++) await sender.step();
  } finally {
    await sender.close();
  }
}

/** Hashes told on the chain, in order; each event's number must be its place. */
async function toldOnChain(): Promise<string[]> {
  const { contract, address } = stack.deps.market;
  const logs = await stack.provider.getLogs({ address, fromBlock: 0, topics: contract.encodeFilterTopics("AccessTold", []) });
  return logs.map((log, i) => {
    const { number, hash } = contract.decodeEventLog("AccessTold", log.data, log.topics);
    assert.equal(number, BigInt(i + 1));
    return String(hash);
  });
}

test("each batch is anchored once on the chain", async () => {
  const { provider, deployment, deps } = stack;
  await send();
  for (const { root, batchIndex } of await batches()) {
    const index = BigInt(await provider.call({ to: deployment.marketplace, data: deps.market.contract.encodeFunctionData("anchorIndexOf", [root]) }));
    assert.equal(index, batchIndex);
  }
});

test("each access is told once on the chain, in the order of the log, however often the job runs and wherever it dies", async () => {
  const run = anchor(stack.deps);
  const killed = anchor({ ...stack.deps, market: { ...stack.deps.market, address: null as unknown as string } });
  while ((await stack.deps.market.accessesTold()) < 3_500n) {
    await assert.rejects(killed({}));
    await Promise.all([run({}), run({}), run({})]);
    await Promise.all([send(), send()]);
  }
  assert.deepEqual(await toldOnChain(), (await records()).map(({ hash }) => hash));
  const [outbox] = (await stack.database.query("select count(*)::int as n from app.tx_outbox where purpose like 'tell:%'")) as { n: number }[];
  assert.equal(outbox?.n, Math.ceil(3_500 / tellLimit));
});

test("records without a salt are not told, numbers begin after them; switched off, nothing is", async () => {
  const { database, deps } = stack;
  const before = await toldOnChain();
  await note(20, "now() - interval '1 minute'");
  await anchor({ ...deps, accessEvents: "off" })({});
  await send();
  assert.deepEqual(await toldOnChain(), before);
  // As if the first ten were from before there were salts, and the market had been told of those after them that it has hashes of.
  await database.query("update app.access_record set salt = null where seq <= 10");
  await anchor(deps)({});
  await send();
  assert.deepEqual((await toldOnChain()).slice(before.length), (await records()).slice(before.length + 10).map(({ hash }) => hash));
});

test("what came before its turn is told when it is its turn", async () => {
  const { database, deps } = stack;
  const told = await deps.market.accessesTold();
  const tells = (): Promise<{ status: string; error_message: string | null }[]> => database.query("select status, error_message from app.tx_outbox where purpose like 'tell:%' order by id desc limit 2");
  const tellAfter = (last: bigint): Promise<void> => anchor({ ...deps, market: { ...deps.market, accessesTold: () => Promise.resolve(last) } })({});
  await note(4, "now() - interval '1 minute'");
  // A head that a re-org takes back was asked: what follows on it is in the outbox before what it follows on.
  await tellAfter(told + 2n);
  await tellAfter(told);
  // It was put there when the log had two records fewer.
  await database.query("update app.tx_outbox set data = $1 where purpose like 'tell:%' and id = (select max(id) from app.tx_outbox)", [
    deps.market.contract.encodeFunctionData("tellAccesses", [told + 1n, (await records()).slice(-4, -2).map(({ hash }) => hash)]),
  ]);
  await send();
  const [first, second] = await tells();
  assert.deepEqual([first?.status, second?.status], ["FINAL", "FAILED"]);
  assert.match(second?.error_message ?? "", /^AccessOutOfOrder\(/);
  await anchor(deps)({});
  await send();
  assert.deepEqual((await tells()).map(({ status }) => status), ["FINAL", "FINAL"]);
  assert.equal(await deps.market.accessesTold(), told + 4n);
});

test("a run that is killed before its commit leaves the inbox as it was", async () => {
  await note(10, "now() - interval '1 minute'");
  const before = await records();
  const market = { ...stack.deps.market, address: null as unknown as string }; // the outbox refuses a row without a target: the transaction rolls back
  await assert.rejects(anchor({ ...stack.deps, market })({}));
  assert.deepEqual(await records(), before);
  assert.equal(await count("app.access_inbox"), 10);
  await anchor(stack.deps)({});
  assert.equal(await count("app.access_inbox"), 0);
});

test("young records wait for company, and those of the future for the chain's clock", async () => {
  const before = (await batches()).length;
  await note(3);
  await mine();
  await anchor(stack.deps)({});
  assert.equal(await count("app.access_inbox"), 0, "they are in the chain of hashes already");
  assert.equal((await batches()).length, before);
  // Their age is by the wall clock, which a machine may set back meanwhile: in the end they go.
  const end = performance.now() + 30_000;
  do {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await mine();
    await anchor(stack.deps)({});
  } while ((await batches()).length === before && performance.now() < end);
  assert.equal((await batches()).length, before + 1);

  await note(2, "now() + interval '1 hour'");
  await note(1);
  await anchor(stack.deps)({});
  assert.equal((await batches()).length, before + 1, "the contract would refuse a time that lies ahead");
});
