import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deliveryCommitment } from "../../crypto/delivery-commitment.js";
import { nodeCrypto } from "../../crypto/node.js";
import { recipientCommitment } from "../../crypto/recipient.js";
import { createSender } from "../../platform/outbox/create-sender.js";
import { AccessGrant } from "../../schema/entities/access-grant.js";
import { Recipient } from "../../schema/entities/recipient.js";
import { AppError } from "../../schema/errors.js";
import { grantOrders } from "../dispatch/grant-orders.js";
import { keepOrders } from "../dispatch/keep-orders.js";
import { revokeGrants } from "../dispatch/revoke-grants.js";
import { giveUp } from "../give-up.js";
import { retryJob } from "../../api/operator/retry-job.js";
import { listed } from "../../test/support/workers/listed.js";
import { table } from "../../test/support/workers/samples.js";
import { testStack, type Party, type TestStack } from "../../test/support/workers/test-stack.js";
import { buy, project } from "../../test/support/workers/trade.js";
import { deliver } from "./deliver.js";

let stack: TestStack;
let record: { uploadId: string; listingId: string };
let senders: { step(): Promise<boolean>; close(): Promise<void> }[];
before(async () => {
  stack = await testStack({ blockTime: 3_600 });
  record = await listed(stack, table(30));
  const { database, provider, deployment, deps, wallets } = stack;
  senders = (["RELAYER", "DELIVERER"] as const).map((role) =>
    createSender({ database, provider, wallet: wallets[role], role, chainId: deployment.chainId, contract: deps.market.contract, finalityDepth: 0, log: deps.log }));
});
after(async () => {
  for (const sender of senders) await sender.close();
  await stack.stop();
});

const withCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
const send = async (): Promise<void> => {
  for (let i = 0; i < 3; i++) for (const sender of senders) await sender.step();
};
const grantOf = (orderId: string): Promise<AccessGrant> => stack.database.getRepository(AccessGrant).findOneByOrFail({ kind: "ORDER", subject: orderId });
const addGrant = async (kind: string, party: Party, set: Partial<AccessGrant> = {}): Promise<string> => {
  const { listingId, uploadId } = record;
  const values = { kind, subject: listingId, listingId, recordId: uploadId, account: party.account, recipientCommitment: party.commitment, ...set };
  await stack.database.query("delete from app.access_grant where kind = $1 and subject = $2 and account = $3", [values.kind, values.subject, values.account]);
  const { identifiers } = await stack.database.getRepository(AccessGrant).insert(values);
  return (identifiers[0] as { id: string }).id;
};
const adminCall = async (name: string, args: unknown[] = []): Promise<void> => {
  const data = stack.deps.market.contract.encodeFunctionData(name, args);
  const sent = await stack.admin.sendTransaction({ to: stack.deployment.marketplace, data, type: 0, gasPrice: 0n });
  await stack.provider.waitForTransaction(sent.hash, 1, 10_000);
};

test("a paid order is granted once it is final, delivered once, and its header is free when the delivery is final", async () => {
  const { orderId } = await buy(stack, record.listingId);
  await project(stack, 1);
  assert.equal(await grantOrders(stack.database), 0, "the purchase is not final yet");
  await project(stack);
  await stack.database.query("update public.chain_status set status = 'DIVERGED'");
  assert.equal(await grantOrders(stack.database), 0, "the index does not follow the chain");
  await stack.database.query("update public.chain_status set status = 'LIVE'");
  const made = await Promise.all([grantOrders(stack.database), grantOrders(stack.database)]);
  assert.equal(made.reduce((sum, count) => sum + count, 0), 1);

  const grant = await grantOf(orderId);
  assert.deepEqual([grant.account, grant.recordId, grant.status], [stack.buyer.account, record.uploadId, "REQUESTED"]);
  const job = deliver(stack.deps);
  await Promise.all([job({ grantId: grant.id }), job({ grantId: grant.id }), job({ grantId: grant.id })]);
  const prepared = await grantOf(orderId);
  assert.equal(prepared.status, "REQUESTED", "nothing is given out before the chain knows");
  await job({ grantId: grant.id });
  assert.deepEqual(await grantOf(orderId), prepared);
  const [outbox] = (await stack.database.query("select count(*)::int as n from app.tx_outbox where purpose = $1", [`deliver:${orderId}`])) as { n: number }[];
  assert.equal(outbox?.n, 1);

  await send();
  assert.equal(await stack.deps.market.orderStatus(orderId), "DELIVERED");
  await job({ grantId: grant.id });
  const ready = await grantOf(orderId);
  assert.equal(ready.status, "READY");
  assert.deepEqual(ready.header, prepared.header, "the header that was committed to is the one given out");
  await job({ grantId: grant.id });
  assert.deepEqual(await grantOf(orderId), ready);

  const { ciphertextRoot } = await stack.upload(record.uploadId);
  const header = new Uint8Array(ready.header ?? []);
  assert.equal(ready.deliveryCommitment, deliveryCommitment({ orderId, header, recipientCommitment: stack.buyer.commitment, ciphertextRoot: ciphertextRoot ?? "" }));
  assert.equal(nodeCrypto.openHeader(header, [stack.buyer.identity]).length, 16);
  assert.throws(() => nodeCrypto.openHeader(header, [stack.auditor1.identity]), withCode("DECRYPTION_FAILED"));
});

test("several purchases of one listing are each delivered, to a header of their own", async () => {
  const orders = [await buy(stack, record.listingId), await buy(stack, record.listingId), await buy(stack, record.listingId)];
  await project(stack);
  assert.equal(await grantOrders(stack.database), 3);
  const grants = await Promise.all(orders.map(({ orderId }) => grantOf(orderId)));
  await Promise.all(grants.map(({ id }) => deliver(stack.deps)({ grantId: id })));
  await send();
  await Promise.all(grants.map(({ id }) => deliver(stack.deps)({ grantId: id })));
  const ready = await Promise.all(orders.map(({ orderId }) => grantOf(orderId)));
  assert.deepEqual(ready.map(({ status }) => status), ["READY", "READY", "READY"]);
  assert.equal(new Set(ready.map(({ header }) => Buffer.from(header ?? []).toString("hex"))).size, 3);
});

test("an auditor gets a header for a time; one who is none, or is registered with another key, does not", async () => {
  const grantId = await addGrant("AUDIT", stack.auditor1);
  await deliver(stack.deps)({ grantId });
  const grant = await stack.grant(grantId);
  assert.equal(grant.status, "READY");
  assert.ok((grant.expiresAt?.getTime() ?? 0) > Date.now() + 3_600_000);
  await assert.rejects(deliver(stack.deps)({ grantId: await addGrant("AUDIT", stack.buyer) }), withCode("NOT_ACCREDITED"));
  await assert.rejects(deliver(stack.deps)({ grantId: await addGrant("AUDIT", stack.auditor2, { recipientCommitment: stack.buyer.commitment }) }), withCode("CONFLICT"));
  // Its time over, the header goes.
  await stack.database.query("update app.access_grant set expires_at = now() - interval '1 second' where id = $1", [grantId]);
  await revokeGrants(stack.database);
  const revoked = await stack.grant(grantId);
  assert.deepEqual([revoked.status, revoked.header], ["REVOKED", null]);
});

test("the owner may have the own record; nobody else by that way", async () => {
  const grantId = await addGrant("OWN", stack.provider1);
  await deliver(stack.deps)({ grantId });
  assert.equal((await stack.grant(grantId)).status, "READY");
  await assert.rejects(deliver(stack.deps)({ grantId: await addGrant("OWN", stack.buyer) }), withCode("FORBIDDEN"));
});

test("a grant that does not fit its order is refused", async () => {
  const { orderId } = await buy(stack, record.listingId);
  await project(stack);
  const wrong: Partial<AccessGrant>[] = [
    { recipientCommitment: stack.auditor1.commitment },
    { account: stack.auditor1.account },
    { subject: `0x${"77".repeat(32)}` },
  ];
  for (const set of wrong) await assert.rejects(deliver(stack.deps)({ grantId: await addGrant("ORDER", stack.buyer, { subject: orderId, ...set }) }), withCode("CONFLICT"));
  await assert.rejects(deliver(stack.deps)({ grantId: await addGrant("ORDER", stack.buyer, { subject: orderId, listingId: `0x${"77".repeat(32)}` }) }), withCode("NOT_FOUND"));
  await stack.database.query("delete from app.access_grant where subject = $1", [orderId]);
});

test("a classic recipient is refused unless the owner allowed it", async () => {
  const classic = nodeCrypto.generateIdentity("age-v1/x25519");
  const commitment = recipientCommitment(classic.recipient);
  await stack.database.getRepository(Recipient).insert({ account: stack.provider1.account, recipient: classic.recipient, commitment });
  await assert.rejects(deliver(stack.deps)({ grantId: await addGrant("OWN", stack.provider1, { recipientCommitment: commitment }) }), withCode("SUITE_UNSUPPORTED"));
  const allowed = await listed(stack, table(31), { suite: "age-v1/x25519" });
  const grantId = await addGrant("OWN", stack.provider1, { subject: allowed.listingId, listingId: allowed.listingId, recordId: allowed.uploadId, recipientCommitment: commitment });
  await deliver(stack.deps)({ grantId });
  assert.equal(nodeCrypto.openHeader(new Uint8Array((await stack.grant(grantId)).header ?? []), [classic.identity]).length, 16);
});

test("a buyer whose accreditation ended is not served; after it is renewed the operator's retry is", async () => {
  const { orderId } = await buy(stack, record.listingId);
  await project(stack);
  await grantOrders(stack.database);
  const { id: grantId } = await grantOf(orderId);
  await adminCall("revokeParticipants", [[stack.buyer.account]]);
  const refusal = await deliver(stack.deps)({ grantId }).then(() => null, (error: unknown) => error);
  assert.ok(withCode("NOT_ACCREDITED")(refusal));
  await giveUp(stack.deps, { queue: "deliver", jobKey: `deliver-${grantId}`, payload: { grantId }, error: refusal as AppError, attempts: 1 });
  assert.deepEqual([(await grantOf(orderId)).status, (await grantOf(orderId)).errorCode], ["FAILED", "NOT_ACCREDITED"]);
  const [letter] = (await stack.database.query("select id from app.dead_letter where job_key = $1", [`deliver-${grantId}`])) as { id: string }[];

  await adminCall("registerParticipants", [[{ account: stack.buyer.account, institution: `0x${"11".repeat(32)}`, roles: 2, kind: 1, auditorSlot: 0, validUntil: 4_000_000_000, credentialCommitment: `0x${"11".repeat(32)}`, recipientCommitment: stack.buyer.commitment }]]);
  await retryJob(stack.database, BigInt(letter?.id ?? 0));
  await assert.rejects(retryJob(stack.database, BigInt(letter?.id ?? 0)), withCode("CONFLICT"));
  await assert.rejects(retryJob(stack.database, 999_999n), withCode("NOT_FOUND"));
  await deliver(stack.deps)({ grantId });
  await send();
  await deliver(stack.deps)({ grantId });
  assert.equal((await grantOf(orderId)).status, "READY");
});

test("an erased record is given to nobody, and what was given out is taken back", async () => {
  const erased = await listed(stack, table(32));
  const { orderId } = await buy(stack, erased.listingId);
  await project(stack);
  await grantOrders(stack.database);
  const own = await addGrant("OWN", stack.provider1, { subject: erased.listingId, listingId: erased.listingId, recordId: erased.uploadId });
  await deliver(stack.deps)({ grantId: own });
  await stack.database.query("update app.record_key set wrapped = null, destroyed_at = now() where record_id = $1", [erased.uploadId]);
  await assert.rejects(deliver(stack.deps)({ grantId: (await grantOf(orderId)).id }), withCode("KEY_UNAVAILABLE"));
  await revokeGrants(stack.database);
  assert.equal((await stack.grant(own)).status, "REVOKED");
});

test("the keeper refunds what was not delivered in time, and settles what was; the header of a refunded order is never given out", async () => {
  const late = await buy(stack, record.listingId);
  const inTime = await buy(stack, record.listingId);
  await project(stack);
  await grantOrders(stack.database);
  const grant = await grantOf(inTime.orderId);
  await deliver(stack.deps)({ grantId: grant.id });
  await send();
  await deliver(stack.deps)({ grantId: grant.id });
  // The late one is prepared, but its transaction comes after the deadline.
  const lateGrant = await grantOf(late.orderId);
  await deliver(stack.deps)({ grantId: lateGrant.id });
  const keep = (): Promise<void> => keepOrders(stack.database, stack.deps.market, stack.wallets.RELAYER.address);
  await project(stack);
  await keep();
  assert.equal(((await stack.database.query("select 1 from app.tx_outbox where purpose ~ '^(settle|refund):'")) as unknown[]).length, 0, "nothing is due yet");

  await stack.provider.send("evm_increaseTime", [7_300]);
  await stack.provider.send("anvil_mine", ["0x1"]);
  await project(stack);
  await Promise.all([keep(), keep()]);
  await send();
  await keep();
  assert.equal(await stack.deps.market.orderStatus(late.orderId), "REFUNDED");
  assert.equal(await stack.deps.market.orderStatus(inTime.orderId), "SETTLED");
  const failed = (await stack.database.query("select purpose, status from app.tx_outbox where purpose ~ '^(settle|refund):' and status <> 'FINAL'")) as unknown[];
  assert.deepEqual(failed, []);
  const refusal = await deliver(stack.deps)({ grantId: lateGrant.id }).then(() => null, (error: unknown) => error);
  assert.ok(withCode("TX_REVERTED")(refusal));
  assert.match((refusal as AppError).message, /TooLate|OrderStatusIs/);
  await giveUp(stack.deps, { queue: "deliver", jobKey: `deliver-${lateGrant.id}`, payload: { grantId: lateGrant.id }, error: refusal as AppError, attempts: 1 });
  const over = await stack.grant(lateGrant.id);
  assert.deepEqual([over.status, over.header], ["FAILED", null]);
  await project(stack);
  await keep();
});
