import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { id, Interface, JsonRpcProvider, Wallet, type InterfaceAbi } from "ethers";
import type { DataSource } from "typeorm";
import { deploy, type Deployment } from "../../contracts/script/deploy.js";
import { marketplaceAbi } from "../../schema/abi/marketplace.js";
import { Role } from "../../schema/market.js";
import { withAnvil } from "../../test/support/with-anvil.js";
import { withPostgres, type TestService } from "../../test/support/with-postgres.js";
import { connectDatabase } from "../database/connect.js";
import { migrate } from "../database/migrate.js";
import { createLogger } from "../log.js";
import { createSender } from "./create-sender.js";
import { enqueueTransaction } from "./enqueue-transaction.js";

const folder = mkdtempSync(join(tmpdir(), "galen-outbox-"));
const contract = new Interface(marketplaceAbi as InterfaceAbi);
const log = createLogger({ service: "test", level: "silent" });
const admin = Wallet.createRandom();
const outsider = Wallet.createRandom();
let wallet: Wallet;
let postgres: TestService;
let anvil: TestService;
let database: DataSource;
let provider: JsonRpcProvider;
let deployment: Deployment;
const senders: { close(): Promise<void> }[] = [];

before(async () => {
  [postgres, anvil] = await Promise.all([withPostgres(), withAnvil({ blockTime: 3_600 })]);
  database = await connectDatabase({ url: postgres.url, service: "test", poolSize: 20 });
  await migrate(database);
  provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1, polling: true });
});
after(async () => {
  for (const sender of senders) await sender.close();
  provider.destroy();
  await database.destroy();
  await Promise.all([postgres.stop(), anvil.stop()]);
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  await database.query("delete from app.tx_outbox");
  // A key and a market a test: each starts at nonce 0.
  wallet = new Wallet(Wallet.createRandom().privateKey);
  deployment = await deploy({
    signer: admin.connect(provider),
    directory: mkdtempSync(join(folder, "deployment-")),
    parameters: {
      registrar: admin.address, pauser: admin.address, treasurer: admin.address, treasury: admin.address, token: { name: "Test Dollar", symbol: "tUSD" },
      feeBps: 250, quorum: 2, deliveryWindow: 3_600, settleWindow: 3_600, maxPause: 7_200, delays: { admin: 0, registrar: 0, pauser: 0, treasurer: 0 },
      platform: [{ account: wallet.address, roles: Role.ANCHORER | Role.DELIVERER | Role.RELAYER }],
    },
  });
});

const newSender = (options: { wallet?: Wallet; finalityDepth?: number } = {}): ReturnType<typeof createSender> => {
  const sender = createSender({ database, provider, wallet: options.wallet ?? wallet, role: "ANCHORER", chainId: deployment.chainId, contract, finalityDepth: options.finalityDepth ?? 2, log });
  senders.push(sender);
  return sender;
};
const anchorData = (name: string): string => contract.encodeFunctionData("anchorAccess", [id(name), 1, 1, 2]);
const enqueue = (purpose: string, data = anchorData(purpose)): Promise<boolean> => enqueueTransaction(database.manager, { purpose, role: "ANCHORER", target: deployment.marketplace, data });
const anchorCount = async (): Promise<number> => Number(await provider.call({ to: deployment.marketplace, data: contract.encodeFunctionData("anchorCount") }));
const mine = (blocks: number): Promise<unknown> => provider.send("anvil_mine", [`0x${blocks.toString(16)}`]);

interface Row {
  purpose: string;
  status: string;
  nonce: number | null;
  hash: string | null;
  error_code: string | null;
  error_message: string | null;
}
const rows = (): Promise<Row[]> => database.query("select purpose, status, nonce, hash, error_code, error_message from app.tx_outbox order by id") as Promise<Row[]>;
const statuses = async (): Promise<string[]> => (await rows()).map(({ status }) => status);
const settle = async (sender: { step(): Promise<boolean> }): Promise<void> => {
  for (let i = 0; i < 20; i++) await sender.step();
};

test("a purpose is sent once, whoever asks how often, and is final after the depth", async () => {
  const sender = newSender();
  assert.equal(await enqueue("anchor:1"), true);
  assert.equal(await enqueue("anchor:1"), false);
  assert.equal(await enqueue("anchor:2"), true);
  await settle(sender);
  assert.deepEqual((await rows()).map(({ status, nonce }) => [status, nonce]), [["MINED", 0], ["MINED", 1]]);
  assert.equal(await anchorCount(), 2);
  await mine(2);
  await settle(sender);
  assert.deepEqual(await statuses(), ["FINAL", "FINAL"]);
  assert.equal(await anchorCount(), 2);
});

test("many that wait are sent some dozens a step, with nonces without a gap", async () => {
  const sender = newSender();
  for (let number = 0; number < 40; number++) await enqueue(`anchor:${number}`);
  for (let step = 0; step < 2; step++) {
    await sender.step();
    const sent = (await rows()).filter(({ status }) => status !== "QUEUED");
    assert.deepEqual(sent.map(({ nonce }) => nonce), Array.from({ length: Math.min(40, 32 * (step + 1)) }, (_unused, nonce) => nonce));
    await mine(1);
  }
  await settle(sender);
  assert.equal(await anchorCount(), 40);
});

test("one sender a key: a second one waits, and goes on when the first has closed or lost its connection", async () => {
  const [first, second, third] = [newSender(), newSender(), newSender()];
  await enqueue("anchor:1");
  await first.step();
  assert.equal(await second.step(), false);
  await enqueue("anchor:2");
  assert.equal(await second.step(), false);
  assert.deepEqual(await statuses(), ["MINED", "QUEUED"]);
  await first.close();
  await second.step();
  assert.deepEqual(await statuses(), ["MINED", "MINED"]);
  // The server ends every connection, as a restart does.
  await database.query("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and application_name = 'galen-test'");
  await enqueue("anchor:3").catch(() => enqueue("anchor:3"));
  for (let i = 0; i < 5; i++) await third.step().catch(() => undefined);
  assert.deepEqual(await statuses(), ["FINAL", "MINED", "MINED"]);
  assert.equal(await anchorCount(), 3);
});

test("what was signed but not broadcast before a crash is sent with the same bytes", async () => {
  await enqueue("anchor:1");
  const sending = newSender();
  // The node takes nothing: as if the process had died between the database's commit and the broadcast.
  const send = provider.send.bind(provider);
  provider.send = (method, params) => (method === "eth_sendRawTransaction" ? Promise.reject(new Error("down")) : send(method, params));
  await sending.step();
  provider.send = send;
  const [signed] = await rows();
  assert.equal(signed?.status, "SIGNED");
  assert.equal(await anchorCount(), 0);
  await sending.close();
  await settle(newSender());
  assert.deepEqual((await rows()).map(({ status, hash }) => [status, hash]), [["MINED", signed.hash]]);
  assert.equal(await anchorCount(), 1);
});

test("a refusal of the contract is told in its own words, and holds up nobody", async () => {
  const sender = newSender();
  await enqueue("anchor:1");
  await settle(sender);
  await enqueue("anchor:again", anchorData("anchor:1"));
  await enqueue("anchor:2");
  await settle(sender);
  const [, refused, sent] = await rows();
  assert.deepEqual([refused?.status, refused?.error_code], ["FAILED", "TX_REVERTED"]);
  assert.match(refused?.error_message ?? "", /^AlreadyAnchored\(0x[0-9a-f]{64}, 1\)$/);
  assert.equal(sent?.status, "MINED");

  const stranger = createSender({ database, provider, wallet: new Wallet(outsider.privateKey), role: "DELIVERER", chainId: deployment.chainId, contract, finalityDepth: 2, log });
  senders.push(stranger);
  await enqueueTransaction(database.manager, { purpose: "deliver:x", role: "DELIVERER", target: deployment.marketplace, data: contract.encodeFunctionData("deliver", [id("order"), id("commitment")]) });
  await settle(stranger);
  assert.match((await rows()).at(-1)?.error_message ?? "", /^NotAccredited\(/);
});

test("what reverts only in its block is told with the contract's reason as well", async () => {
  const sender = newSender();
  await provider.send("evm_setAutomine", [false]);
  try {
    await enqueue("anchor:first", anchorData("the same"));
    await enqueue("anchor:second", anchorData("the same"));
    await sender.step();
  } finally {
    await provider.send("evm_setAutomine", [true]);
  }
  await mine(1);
  await settle(sender);
  const [first, second] = await rows();
  // The node mines the two in one block or in two.
  assert.match(first?.status ?? "", /^(MINED|FINAL)$/);
  assert.equal(second?.status, "FAILED");
  assert.match(second?.error_message ?? "", /^AlreadyAnchored\(/);
});

test("while the market is paused nothing is given up", async () => {
  const sender = newSender();
  const call = (name: string): Promise<unknown> =>
    admin.connect(provider).sendTransaction({ to: deployment.marketplace, data: contract.encodeFunctionData(name), type: 0, gasPrice: 0n });
  await call("pause");
  const data = contract.encodeFunctionData("deliver", [id("order"), id("commitment")]);
  await enqueue("deliver:1", data);
  await enqueue("anchor:1"); // anchoring does not stop
  await settle(sender);
  assert.deepEqual(await statuses(), ["QUEUED", "MINED"]);
  await call("unpause");
  await settle(sender);
  const [delivery] = await rows();
  assert.equal(delivery?.status, "FAILED");
  assert.match(delivery.error_message ?? "", /^OrderStatusIs\(/);
});

test("a re-org that takes a transaction back brings it into the chain again", async () => {
  const sender = newSender({ finalityDepth: 5 });
  const snapshot = (await provider.send("evm_snapshot", [])) as string;
  await enqueue("anchor:1");
  await settle(sender);
  assert.deepEqual(await statuses(), ["MINED"]);
  await provider.send("evm_revert", [snapshot]);
  await mine(1);
  await settle(sender);
  await settle(newSenderAfter(sender));
  assert.deepEqual(await statuses(), ["MINED"]);
  assert.equal(await anchorCount(), 1);
});
const newSenderAfter = (sender: { step(): Promise<boolean> }): { step(): Promise<boolean> } => ({
  // Broadcasting again waits a few seconds: a fresh sender does not.
  step: async () => {
    await (sender as ReturnType<typeof createSender>).close();
    const next = newSender({ finalityDepth: 5 });
    const moved = await next.step();
    await next.close();
    return moved;
  },
});

test("a chain that forgot what was final is told it again, and new transactions go on", async () => {
  // A development chain that was killed loses its last second (D5): nonces that we used are free again.
  const first = newSender({ finalityDepth: 0 });
  const snapshot = (await provider.send("evm_snapshot", [])) as string;
  await enqueue("anchor:1");
  await enqueue("anchor:2");
  await settle(first);
  assert.deepEqual(await statuses(), ["FINAL", "FINAL"]);
  await first.close();
  await provider.send("evm_revert", [snapshot]);
  assert.equal(await anchorCount(), 0);
  await enqueue("anchor:3");
  const second = newSender({ finalityDepth: 0 });
  await settle(second);
  assert.deepEqual((await rows()).map(({ status, nonce }) => [status, nonce]), [["FINAL", 0], ["FINAL", 1], ["FINAL", 2]]);
  assert.equal(await anchorCount(), 3);
});

test("a nonce that somebody else used is left, and the transaction is signed anew", async () => {
  await enqueue("anchor:1");
  const first = newSender();
  const send = provider.send.bind(provider);
  provider.send = (method, params) => (method === "eth_sendRawTransaction" ? Promise.reject(new Error("down")) : send(method, params));
  await first.step();
  provider.send = send;
  await first.close();
  await wallet.connect(provider).sendTransaction({ to: admin.address, type: 0, gasPrice: 0n, value: 0n });
  await settle(newSender());
  assert.deepEqual((await rows()).map(({ status, nonce }) => [status, nonce]), [["MINED", 1]]);
  assert.equal(await anchorCount(), 1);
});

test("two processes that both think they hold the key send each purpose once", async () => {
  // Different advisory locks cannot happen; a connection that died without the process's knowledge can. Both steps run at once here by
  // taking the lock away from the first in the middle of its step.
  await enqueue("anchor:1");
  const [first, second] = [newSender(), newSender()];
  const send = provider.send.bind(provider);
  let raced = false;
  provider.send = async (method, params): Promise<unknown> => {
    if (method === "eth_estimateGas" && !raced) {
      raced = true;
      await database.query("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'");
      for (let i = 0; i < 3; i++) await second.step().catch(() => undefined);
    }
    return send(method, params);
  };
  await first.step().catch(() => undefined);
  provider.send = send;
  await settle(second);
  assert.deepEqual((await rows()).map(({ status, nonce }) => [status, nonce]), [["MINED", 0]]);
  assert.equal(await anchorCount(), 1);
  assert.equal(await provider.getTransactionCount(wallet.address), 1);
});
