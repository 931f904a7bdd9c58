import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Contract, JsonRpcProvider, Wallet } from "ethers";
import { deploy } from "../../contracts/script/deploy.js";
import { accessGenesis, accessRecordHash } from "../../crypto/access-chain.js";
import { nodeBackend } from "../../crypto/backend/node.js";
import { batchProof, batchRoot } from "../../crypto/merkle/batch.js";
import { marketplaceAbi } from "../../schema/abi/marketplace.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { withAnvil } from "../../test/support/with-anvil.js";
import type { AccessRecord } from "../operations/market.js";
import { verifyAccesses } from "./verify-access.js";

const folder = mkdtempSync(join(tmpdir(), "galen-access-"));
let anvil: Awaited<ReturnType<typeof withAnvil>>;
let provider: JsonRpcProvider;
let marketplace: Contract;
const records: AccessRecord[] = [];

before(async () => {
  anvil = await withAnvil();
  provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1, polling: true, pollingInterval: 50 });
  const [admin, anchorer] = [Wallet.createRandom().connect(provider), Wallet.createRandom().connect(provider)];
  const deployment = await deploy({
    signer: admin,
    directory: folder,
    parameters: {
      registrar: admin.address, pauser: admin.address, treasurer: admin.address, treasury: admin.address, token: { name: "Test Dollar", symbol: "tUSD" },
      feeBps: 250, quorum: 2, deliveryWindow: 3_600, settleWindow: 3_600, maxPause: 7_200, delays: { admin: 0, registrar: 0, pauser: 0, treasurer: 0 },
      platform: [{ account: anchorer.address, roles: Role.ANCHORER }],
    },
  });
  marketplace = new Contract(deployment.marketplace, marketplaceAbi, anchorer);

  let previousHash = accessGenesis;
  for (let seq = 1; seq <= 6; seq++) {
    const entry = { seq: `${seq}`, at: new Date(seq * 1000).toISOString(), account: null, action: "BYTES", outcome: "OK", grantId: null, listingId: "0x01", orderId: null, firstByte: "0", lastByte: `${seq}`, salt: seq.toString(16).padStart(32, "0") };
    const hash = accessRecordHash(nodeBackend, previousHash, entry);
    records.push({ ...entry, hash, previousHash, batch: null, proof: null, told: null });
    previousHash = hash;
  }
  const hashes = records.map(({ hash }) => hash);
  const root = batchRoot(nodeBackend, hashes.slice(0, 4));
  const send = async (name: string, ...args: unknown[]): Promise<string> => {
    const sent = (await marketplace.getFunction(name).send(...args, { type: 0, gasPrice: 0n })) as { hash: string; wait(): Promise<unknown> };
    await sent.wait();
    return sent.hash;
  };
  const transactionHash = await send("anchorAccess", root, 4, 1, 4);
  await send("tellAccesses", 1, hashes.slice(0, 3));
  await send("tellAccesses", 4, hashes.slice(3, 5));
  records.forEach((record, index) => {
    if (index < 4) Object.assign(record, { batch: { index: "1", root, transactionHash, block: 1, time: record.at }, proof: batchProof(nodeBackend, hashes.slice(0, 4), index) });
    if (index < 5) record.told = { number: `${index + 1}`, transactionHash, block: 1, time: record.at };
  });
});
after(async () => {
  provider.destroy();
  await anvil.stop();
  rmSync(folder, { recursive: true });
});

const verify = (shown: readonly AccessRecord[], whole = false) => verifyAccesses(nodeBackend, shown, marketplace, { whole });
const changed = (index: number, change: Partial<AccessRecord>): AccessRecord[] => records.map((record, at) => (at === index ? { ...record, ...change } : record));
const refused = (shown: readonly AccessRecord[], what: RegExp, whole = false): Promise<void> =>
  assert.rejects(verify(shown, whole), (error) => error instanceof AppError && error.code === "PROOF_INVALID" && what.test(error.message));

test("records hold against the contract's anchors and numbers, some of them or the whole log", async () => {
  assert.deepEqual(await verify(records, true), { records: 6, anchored: 4, told: 5, lastTold: 5n, unexplained: [] });
  assert.deepEqual(await verify([records[1]!, records[3]!]), { records: 2, anchored: 2, told: 2, lastTold: 5n, unexplained: [] });
  assert.deepEqual(await verify([]), { records: 0, anchored: 0, told: 0, lastTold: 5n, unexplained: [] });
});

test("a record that is changed, moved or left out is found", async () => {
  await refused(changed(2, { account: "0xabc" }), /record 3 has another hash/);
  await refused(changed(2, { salt: "0".repeat(32) }), /record 3 has another hash/);
  await refused(records.toSpliced(2, 1), /there is no record 3/, true);
  await refused(changed(1, { proof: { ...records[1]!.proof!, index: 2 } }), /record 2 is not under the root/);
  await refused(changed(3, { told: { ...records[3]!.told!, number: "3" } }), /another access by the number of record 4/);
  await refused(changed(5, { told: { ...records[4]!.told!, number: "6" } }), /another access by the number of record 6/);
  const root = batchRoot(nodeBackend, [records[0]!.hash]);
  await refused(changed(0, { batch: { ...records[0]!.batch!, root }, proof: batchProof(nodeBackend, [records[0]!.hash], 0) }), /root of record 1 is not on the chain/);
  // Another record 5, chained rightly, in place of the one that was told.
  const { seq, at, account, action, outcome, grantId, listingId, orderId, firstByte, salt } = records[4]!;
  const entry = { seq, at, account, action, outcome, grantId, listingId, orderId, firstByte, lastByte: "99", salt };
  const other = { ...entry, previousHash: records[3]!.hash, hash: accessRecordHash(nodeBackend, records[3]!.hash, entry), batch: null, proof: null };
  await refused([...records.slice(0, 4), { ...other, told: records[4]!.told }], /another access by the number of record 5/);
  assert.deepEqual((await verify([...records.slice(0, 4), { ...other, told: null }], true)).unexplained, [5n], "hidden from its number, it leaves the number unexplained");
});

test("an access that the chain was not told of, between two that it was, is found", async () => {
  const { batch: _batch, proof: _proof, told: _told, hash: _hash, ...entry } = { ...records[4]!, seq: "8" };
  const later = { ...entry, hash: accessRecordHash(nodeBackend, entry.previousHash, entry), batch: null, proof: null, told: { ...records[4]!.told!, number: "6" } };
  const sent = (await marketplace.getFunction("tellAccesses").send(6, [later.hash], { type: 0, gasPrice: 0n })) as { wait(): Promise<unknown> };
  await sent.wait();
  await refused([records[4]!, later], /an access was left out before record 8/);
});
