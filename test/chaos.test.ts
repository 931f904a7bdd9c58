import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Wallet, type EventLog } from "ethers";
import {
  consentSigner, createClient, fetchDelivery, mint, openContracts, openDelivery, operations, publish, purchase, sealEvidence, sendEvidence, signIn, uploadFile, verifyAccesses, vote,
  type Contracts, type GalenClient,
} from "../client/index.js";
import { nodeBackend } from "../crypto/backend/node.js";
import { nodeCrypto } from "../crypto/node.js";
import { collect } from "../records/index.js";
import { Role } from "../schema/market.js";
import { breakableStack, type BreakableStack } from "./support/breakable-stack.js";
import { seededRandom } from "./support/generated-logs.js";
import { patiently } from "./support/patiently.js";
import { table } from "./support/workers/samples.js";
import type { TestApi, TestWallet } from "./support/with-api.js";

/** GALEN_DEEP=1 (`npm run test:deep`) is the long version; GALEN_FAULTS, GALEN_LISTINGS and GALEN_SEED choose others. */
const deep = process.env["GALEN_DEEP"] === "1";
const faults = Number(process.env["GALEN_FAULTS"] ?? (deep ? 100 : 8));
const listings = Number(process.env["GALEN_LISTINGS"] ?? (deep ? 22 : 2));
const seed = Number(process.env["GALEN_SEED"] ?? 1);
/** Orders of each buyer at each listing. */
const ordersEach = deep ? 3 : 1;
const buyers = 3;
/** One sale, in the token's smallest unit. */
const price = 5_000_000n;
/** A step of a person that takes longer than this was lost with what was killed, in ms: it is taken again. */
const giveUpMs = 20_000;

const below = seededRandom(seed);
let stack: BreakableStack;
let t: TestApi;
let contracts: Contracts;
interface Person {
  readonly wallet: TestWallet;
  readonly client: GalenClient;
  readonly identity: string;
}

before(async () => {
  stack = await breakableStack();
  t = stack.api;
});
after(async () => {
  contracts.provider.destroy();
  await stack.stop();
});

/** Who waits for what a kill took with it waits in vain: tried again after a while. What is done twice is one more order, upload or vote, and must do no harm. */
const step = <Result>(work: () => Promise<Result>): Promise<Result> =>
  patiently(() => Promise.race([work(), wait(giveUpMs, undefined, { ref: false }).then(() => Promise.reject(new Error("given up")))]), 800);

async function person(role: number, slot = 0): Promise<Person> {
  const wallet = Wallet.createRandom(t.provider);
  const { identity, recipient } = nodeCrypto.generateIdentity();
  await step(() => t.accredit(wallet, role, { slot, recipient }));
  const client = createClient({ apiUrl: t.url });
  await step(() => signIn(client, wallet));
  return { wallet, client, identity };
}

/** What an upload became: where its listing is, and what its buyers must be able to open. */
interface Listed {
  readonly listingId: string;
  readonly sha256: string;
}

/** From the provider's file to a listing that may be traded. */
async function offer(provider: Person, auditors: readonly Person[], bytes: Uint8Array): Promise<Listed> {
  const { id, uploadUrl } = await step(async () => {
    const evidence = sealEvidence(nodeBackend, Buffer.from("The patients' consent"));
    const input = { size: String(bytes.length), region: 276, legalBasis: "CONSENT" as const, legalEvidenceHash: evidence.hash };
    const { createUpload: made } = await provider.client.request(operations.createUpload, { input });
    await sendEvidence(provider.client, made.evidenceUrl, evidence.sealed);
    return made;
  });
  // Of one upload alone: the same content in another one is refused.
  await step(async () => {
    const { upload } = await provider.client.request(operations.upload, { id });
    if (upload?.status === "CREATED") await uploadFile(provider.client, { uploadUrl, body: bytes });
  });
  const reach = (...statuses: string[]): Promise<operations.Upload> =>
    step(async () => {
      const { upload } = await provider.client.request(operations.upload, { id });
      if (upload === null || ![...statuses, "REFUSED", "FAILED"].includes(upload.status)) throw new Error(`The upload is ${upload?.status}`);
      return upload;
    });
  const stored = await reach("STORED");
  assert.equal(stored.status, "STORED", `${stored.error?.code}: ${stored.error?.message}`);
  const listingId = stored.listingId ?? "";
  await step(async () => {
    if ((await reach("STORED", "CONSENTED", "SUBMITTED")).status === "STORED") await publish(provider.client, consentSigner(provider.wallet), { uploadId: id, price, purposes: ["GENERAL_RESEARCH"] });
  });
  for (const { wallet } of auditors) {
    await step(async () => {
      const votes = (await contracts.marketplace.queryFilter(contracts.marketplace.getEvent("Voted")(listingId, wallet.address), 0)).length;
      if (votes === 0) await vote(contracts, wallet, { listingId, approve: true, reason: 0 });
    });
  }
  await step(async () => {
    const { listing } = await provider.client.request(operations.listing, { id: listingId });
    if (listing?.tradable !== true) throw new Error(`The listing is ${listing?.status}`);
  });
  return { listingId, sha256: stored.deidentifiedSha256 ?? "" };
}

const buy = (buyer: Person, { listingId }: Listed): Promise<{ orderIds: string[] }> => step(() => purchase(buyer.client, contracts, buyer.wallet, [{ listingId, purpose: "GENERAL_RESEARCH" }]));

/** Waits for an order's key, downloads and opens the record, and holds it to what the provider was told of it. */
async function read(buyer: Person, orderId: string, sha256: string): Promise<void> {
  const { grant, listing } = await step(async () => {
    const { purchase: order } = await buyer.client.request(operations.order, { id: orderId });
    if (order?.grant?.status !== "READY") throw new Error(`The order is ${order?.status}, its grant ${order?.grant?.status}`);
    return order;
  });
  const bytes = await step(async () => {
    const { listing: sold } = await buyer.client.request(operations.listing, { id: listing.id });
    return collect(openDelivery(nodeBackend, await fetchDelivery(buyer.client, grant?.id ?? ""), { identities: [buyer.identity], listing: sold! }));
  });
  assert.equal(Buffer.from(nodeBackend.sha256(bytes)).toString("hex"), sha256.replace(/^0x/, ""), "what was delivered is the record");
}

const rows = <Row>(text: string, values: unknown[] = []): Promise<Row[]> => t.database.query(text, values) as Promise<Row[]>;
const count = async (what: string): Promise<number> => (await rows<{ n: number }>(`select count(*)::int as n from ${what}`))[0]!.n;
const events = async (name: string): Promise<EventLog[]> => (await contracts.marketplace.queryFilter(contracts.marketplace.getEvent(name)(), 0)) as EventLog[];
const orderOf = (log: EventLog): string => String(log.args["orderId"]);
/** Errors and refusals that the services told, with how often: for whoever has to find out why this failed. */
const complaints = (): string => {
  const told = new Map<string, number>();
  for (const name of readdirSync(stack.logs)) {
    for (const line of readFileSync(join(stack.logs, name), "utf8").split("\n")) {
      if (!/^\{"level":(50|60)/.test(line)) continue;
      const { msg, code, message, reason, stack: at, fault } = JSON.parse(line) as { msg?: string; code?: string; message?: string; reason?: string; stack?: string; fault?: object };
      const words = [`${name}: ${msg}`, code, message, reason, at?.split("\n").slice(1, 6).join(""), fault && JSON.stringify(fault).slice(0, 300)].join(" ");
      told.set(words, (told.get(words) ?? 0) + 1);
    }
  }
  return [...told].map(([words, times]) => `${times} × ${words}`).join("\n");
};

test(`${faults} faults during ${listings * buyers * ordersEach} trades and more: each is delivered once or refunded, nothing is lost, and the money is all there`, { timeout: 1_500_000 }, async (context) => {
  context.diagnostic(`seed ${seed}`);
  const provider = await person(Role.PROVIDER);
  await step(() => t.database.query("update app.session set expires_at = now() + interval '1 day'"));
  contracts = await step(() => openContracts(provider.client));
  const auditors = [await person(Role.AUDITOR, 0), await person(Role.AUDITOR, 1)];
  const people = await Promise.all(Array.from({ length: buyers }, () => person(Role.BUYER)));
  // Loses the accreditation with what was bought unpaid for: those orders are refunded, unless the delivery was faster.
  const leaver = await person(Role.BUYER);
  const wealth = price * 1_000n;
  for (const { wallet } of [...people, leaver]) await step(() => mint(contracts, t.wallets.treasurer.connect(t.provider), { to: wallet.address, amount: wealth, bankReference: wallet.address }));
  // A session lives 15 minutes; that it ends is another test's.
  await step(() => t.database.query("update app.session set expires_at = now() + interval '1 day'"));

  stack.s3.fault.share = 0.3;
  let suffered = 0;
  const names = Object.keys(stack.faults);
  const told: Record<string, number> = {};
  const suffering = (async () => {
    for (; suffered < faults; suffered++) {
      // Each kind in turn at first, so that none is left out.
      const name = suffered < names.length ? names[suffered]! : names[below(names.length)]!;
      await stack.faults[name]!();
      told[name] = (told[name] ?? 0) + 1;
      await wait(400 + below(1_600));
    }
  })();

  /** By order; those that nobody was told of, since their purchase was given up, are not among them. */
  const reading = new Map<string, Promise<void>>();
  const trading = Array.from({ length: listings }, async (_unused, index) => {
    // Spread over the faults, so that every stage meets all of them.
    while (suffered < (index * faults) / listings) await wait(100);
    return offer(provider, auditors, table(10 + index, `Trade-${index}`));
  });
  let last: Listed | undefined;
  for (const trade of trading) {
    const listed = (last = await trade);
    await Promise.all(people.map(async (buyer) => {
      for (let order = 0; order < ordersEach; order++) for (const id of (await buy(buyer, listed)).orderIds) reading.set(id, read(buyer, id, listed.sha256));
    }));
  }
  for (let order = 0; order < ordersEach; order++) await buy(leaver, last!);
  await step(() => t.send(t.wallets.registrar, "revokeParticipants", [[leaver.wallet.address]]));
  await Promise.all(reading.values());
  await suffering;
  stack.s3.fault.share = 0;
  context.diagnostic(JSON.stringify(told));

  try {
    // Every deadline passes: what was delivered is settled, what was not is refunded. The keeper does it.
    const bought = await step(() => events("Purchased"));
    assert.ok(bought.length >= (listings * buyers + 1) * ordersEach);
    await step(async () => assert.equal(await count("app.access_grant where kind = 'ORDER' and status <> 'REQUESTED'"), bought.length, "each order has its grant, and each grant its end"));
    await step(() => t.provider.send("evm_increaseTime", [7_300]));
    await step(async () => assert.equal(await count("trade_order where to_block is null and status in ('SETTLED', 'REFUNDED')"), bought.length, "each order has its end"));

    const [delivered, settled, refunded, listed] = await step(() => Promise.all(["Delivered", "Settled", "Refunded", "Listed"].map(events)) as Promise<[EventLog[], EventLog[], EventLog[], EventLog[]]>);
    const orders = bought.map(orderOf).sort();
    assert.equal(new Set(orders).size, orders.length);
    assert.deepEqual([...settled, ...refunded].map(orderOf).sort(), orders, "each is settled or refunded, once");
    assert.deepEqual(delivered.map(orderOf).sort(), settled.map(orderOf).sort(), "what was paid for was delivered, once, and what was refunded was not");
    const leavers = new Set(bought.filter((log) => String(log.args["buyer"]) === leaver.wallet.address).map(orderOf));
    assert.deepEqual(refunded.map(orderOf).filter((id) => !leavers.has(id)), [], "only who left the market was not delivered to");
    assert.equal(new Set(listed.map((log) => String(log.args["listingId"]))).size, listed.length);
    context.diagnostic(`${orders.length} orders of ${listed.length} listings: ${delivered.length} delivered, ${refunded.length} refunded`);

    // Each header is the one that was committed to.
    const commitments = new Map(delivered.map((log) => [orderOf(log), String(log.args["deliveryCommitment"])]));
    const grants = await rows<{ subject: string; status: string; delivery_commitment: string }>("select subject, status, delivery_commitment from app.access_grant where kind = 'ORDER'");
    for (const grant of grants) assert.deepEqual([grant.status, grant.delivery_commitment], commitments.has(grant.subject) ? ["READY", commitments.get(grant.subject)] : ["FAILED", null]);

    // The money is the chain's, and the index says what the chain says.
    const credit = async (address: string): Promise<bigint> => (await contracts.marketplace.getFunction("credit")(address)) as bigint;
    const balance = async (address: string): Promise<bigint> => (await contracts.token.getFunction("balanceOf")(address)) as bigint;
    const amount = (number: number): bigint => price * BigInt(number);
    assert.equal(await balance(await contracts.marketplace.getAddress()), amount(bought.length));
    assert.equal((await credit(provider.wallet.address)) + (await credit(t.wallets.registrar.address)), amount(settled.length), "provider and treasury have what was settled");
    assert.equal(await credit(leaver.wallet.address), amount(refunded.length));
    for (const { wallet } of [...people, leaver]) {
      const own = bought.filter((log) => String(log.args["buyer"]) === wallet.address).length;
      assert.equal(await balance(wallet.address), wealth - amount(own));
    }
    const indexed = await rows<{ id: string; status: string }>("select id, status from trade_order where to_block is null order by id");
    const chains = new Map([...settled.map((log) => [orderOf(log), "SETTLED"] as const), ...refunded.map((log) => [orderOf(log), "REFUNDED"] as const)]);
    assert.deepEqual(indexed.map(({ id, status }) => [id, status]), [...chains].sort());
    for (const feed of ["market_event", "app.activity"]) assert.equal(await count(feed), (await rows<{ top: number }>(`select max(seq)::int as top from ${feed}`))[0]?.top, `${feed} has no gap`);

    // Nothing half-done is left, and nobody gave up but on who had left.
    assert.deepEqual(await rows("select purpose, error_message from app.tx_outbox where status <> 'FINAL' and error_message not like 'NotAccredited%'"), []);
    assert.deepEqual(await rows("select queue, error_code, error_message from app.dead_letter where error_code <> 'NOT_ACCREDITED'"), []);
    const uploads = await count("app.upload where status = 'SUBMITTED'");
    assert.equal(listed.length, uploads);
    assert.equal(await count("app.record_key"), 2 * uploads, "of the record, and of its legal evidence");
    assert.equal([...stack.s3.objects.keys()].filter((key) => key.startsWith("records/")).length, 2 * uploads);

    // The log of accesses is whole: numbered, chained, anchored and told on the chain; and each reader is in it.
    await step(async () => {
      assert.equal(await count("app.access_inbox"), 0);
      const records: operations.AccessRecord[] = [];
      for (let after: string | null | undefined; after !== null; ) {
        const { accessRecords: page } = await auditors[0]!.client.request(operations.accessRecords, { first: 100, ...(after === undefined ? {} : { after }) });
        records.push(...page.edges.map(({ node }) => node));
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      }
      const verified = await verifyAccesses(nodeBackend, records, contracts.marketplace, { whole: true });
      assert.deepEqual([verified.anchored, verified.told, verified.unexplained, Number(verified.lastTold)], [records.length, records.length, [], records.length]);
      const readers = new Set(records.filter(({ outcome, action }) => outcome === "OK" && action === "BYTES").map(({ orderId }) => orderId));
      assert.deepEqual([...reading.keys()].filter((id) => !readers.has(id)), [], "each read is in the log");
    });
  } finally {
    if (deep) context.diagnostic(complaints());
  }
});
