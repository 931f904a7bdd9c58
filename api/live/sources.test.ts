import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { id, Wallet } from "ethers";
import { Role } from "../../schema/market.js";
import { emitFeed } from "../../test/support/emit-feed.js";
import { LiveClient, type Message } from "../../test/support/live-client.js";
import { withApi, type TestApi } from "../../test/support/with-api.js";

let t: TestApi;
const provider = Wallet.createRandom();
const auditor = Wallet.createRandom();
let tokens: Record<"provider" | "auditor" | "operator", string>;

before(async () => {
  t = await withApi();
  await t.accredit(provider, Role.PROVIDER);
  await t.accredit(auditor, Role.AUDITOR, { slot: 0 });
  tokens = { provider: await t.signIn(provider), auditor: await t.signIn(auditor), operator: await t.signIn(t.wallets.operator) };
});
after(() => t.stop());

interface Event {
  marketEvents: { seq: string; op: string; cursor: string; listingId: string | null; reverts: string | null };
}

test("FINALIZED tells only what can no longer be taken back; HEAD tells all, and what a REVERT takes back", async () => {
  const query = "subscription($finality: Finality, $after: String) { marketEvents(finality: $finality, after: $after) { seq cursor op listingId reverts } }";
  // What was done before the test becomes final before it: else it would be the first that FINALIZED tells.
  const head = await t.provider.getBlockNumber();
  await t.provider.send("anvil_mine", ["0x3"]);
  while (((await t.ask("{ chain { finalizedBlock } }")).data as unknown as { chain: { finalizedBlock: number } }).chain.finalizedBlock < head) await wait(20);
  const client = await LiveClient.open(t.url);
  client.subscribe("head", query, { finality: "HEAD" });
  client.subscribe("final", query, { finality: "FINALIZED" });
  await wait(1_000);
  await t.provider.send("evm_setAutomine", [true]);
  const snapshot = (await t.provider.send("evm_snapshot", [])) as string;
  const { listingId: lost } = await t.list(provider);
  await client.data("head", 1);
  await t.provider.send("evm_revert", [snapshot]);
  await t.provider.send("evm_increaseTime", [7]);
  await t.provider.send("anvil_mine", ["0x3"]);
  const [applied, reverted] = await client.data<Event>("head", 2);
  assert.deepEqual([reverted!.marketEvents.op, reverted!.marketEvents.reverts, reverted!.marketEvents.listingId], ["REVERT", applied!.marketEvents.seq, lost]);
  const { listingId: kept } = await t.list(provider);
  await t.provider.send("anvil_mine", ["0x3"]);
  await t.provider.send("evm_setIntervalMining", [1]);
  const [final] = await client.data<Event>("final", 1);
  assert.deepEqual([final!.marketEvents.op, final!.marketEvents.listingId], ["APPLY", kept]);
  client.subscribe("mixed", query, { finality: "HEAD", after: final!.marketEvents.cursor });
  assert.equal(await client.errorCode("mixed"), "CURSOR_INVALID");
  // A rewind below the watermark takes back what was told as final: so it is told.
  const [revert] = await emitFeed(t.database, [{ name: "Listed", op: "REVERT", reverts: final!.marketEvents.seq, listingId: kept }]);
  client.subscribe("resumed", query, { finality: "FINALIZED", after: final!.marketEvents.cursor });
  for (const name of ["final", "resumed"]) {
    const told = (await client.data<Event>(name, name === "final" ? 2 : 1)).at(-1)!.marketEvents;
    assert.deepEqual([told.seq, told.op, told.reverts], [revert, "REVERT", final!.marketEvents.seq]);
  }
  client.ws.terminate();
});

test("a filter lets through what meets all its conditions, live and in a replay", async () => {
  const [mine, others] = [id("one"), id("two")];
  const account = `0x${"ab".repeat(20)}`;
  const rows = [
    { name: "A", listingId: mine, account },
    { name: "B", listingId: mine },
    { name: "A", listingId: others, account },
    { name: "A", listingId: mine },
  ];
  const query = "subscription($after: String, $where: LiveEventFilter) { marketEvents(after: $after, where: $where) { seq cursor op listingId reverts } }";
  const client = await LiveClient.open(t.url);
  client.subscribe("all", query);
  client.subscribe("listing", query, { where: { listingId: [mine] } });
  client.subscribe("both", query, { where: { listingId: [mine], name: ["A"] } });
  client.subscribe("account", query, { where: { account: [account.toUpperCase().replace("0X", "0x")], name: ["A"] } });
  client.subscribe("none", query, { where: { name: ["C"] } });
  client.subscribe("bad", query, { where: { listingId: ["x"] } });
  assert.equal(await client.errorCode("bad"), "BAD_INPUT");
  await wait(1_000);
  const seqs = await emitFeed(t.database, rows);
  const all = await client.data<Event>("all", 4);
  const seen = async (name: string, count: number): Promise<string[]> => (await client.data<Event>(name, count)).map(({ marketEvents }) => marketEvents.seq);
  assert.deepEqual(await seen("listing", 3), [seqs[0], seqs[1], seqs[3]]);
  assert.deepEqual(await seen("both", 2), [seqs[0], seqs[3]]);
  assert.deepEqual(await seen("account", 2), [seqs[0], seqs[2]]);
  client.subscribe("replay", query, { after: all[0]!.marketEvents.cursor, where: { listingId: [mine], name: ["A"] } });
  assert.deepEqual(await seen("replay", 1), [seqs[3]]);
  await wait(300);
  assert.deepEqual([(await client.data("none", 0)).length, (await client.data("both", 2)).length], [0, 2]);
  client.ws.terminate();
});

test("a listing is told as it is and after each event; a message is shared by all, but what is personal is its viewer's alone", async () => {
  const { listingId } = await t.list(provider);
  await t.database.query(
    `insert into app.upload (owner, status, size, region, payee, legal_basis, legal_evidence_hash, suite, listing_id, report) values ($1, 'SUBMITTED', 1, 276, $1, 'consent', $2, 'age-v1/mlkem768x25519', $3, '{"secret": true}')`,
    [provider.address.toLowerCase(), `0x${"00".repeat(32)}`, listingId],
  );
  const query = "subscription($id: ID!, $after: String) { listing(id: $id, after: $after) { cursor listingId event { name } listing { status approvals report } } }";
  interface Change {
    listing: { cursor: string; event: { name: string } | null; listing: { status: string; approvals: number; report: unknown } };
  }
  const clients = { anonymous: await LiveClient.open(t.url), provider: await LiveClient.open(t.url, tokens.provider), auditor: await LiveClient.open(t.url, tokens.auditor), stranger: await LiveClient.open(t.url, tokens.operator) };
  for (const client of Object.values(clients)) client.subscribe("1", query, { id: listingId });
  for (const client of Object.values(clients)) await client.data("1", 1);
  await t.send(auditor, "vote", [listingId, true, 0]);
  for (const [name, client] of Object.entries(clients)) {
    const changes = (await client.data<Change>("1", 2)).map(({ listing }) => listing);
    assert.deepEqual(changes.map(({ event, listing }) => [event?.name, listing.approvals]), [[undefined, 0], ["Voted", 1]]);
    const maySee = name === "provider" || name === "auditor";
    for (const { listing } of changes) assert.deepEqual(listing.report, maySee ? { secret: true } : null, name);
  }
  const first = (await clients.auditor.data<Change>("1", 1))[0]!.listing.cursor;
  clients.auditor.subscribe("2", query, { id: listingId, after: first });
  assert.equal((await clients.auditor.data<Change>("2", 1))[0]?.listing.event?.name, "Voted");
  for (const client of Object.values(clients)) client.ws.terminate();
});

test("several listings are watched at once; within the snapshot too, a cursor gives the rest", async () => {
  const ids = [(await t.list(provider)).listingId, (await t.list(provider)).listingId, (await t.list(provider)).listingId];
  const query = "subscription($ids: [ID!]!, $after: String) { listings(ids: $ids, after: $after, finality: FINALIZED) { cursor listingId event { name } listing { status } } }";
  interface Change {
    listings: { cursor: string; listingId: string; event: { name: string } | null; listing: { status: string } | null };
  }
  const client = await LiveClient.open(t.url);
  client.subscribe("1", query, { ids });
  const told = await client.data<Change>("1", 3);
  assert.deepEqual(told.map(({ listings }) => listings.listingId), ids);
  client.subscribe("2", query, { ids, after: told[0]!.listings.cursor });
  assert.deepEqual((await client.data<Change>("2", 2)).slice(0, 2).map(({ listings }) => listings.listingId), ids.slice(1));
  // Once it is final the listing is there.
  await client.until(({ payload }) => (payload as { data?: Change } | undefined)?.data?.listings.listingId === ids[2] && (payload as { data: Change }).data.listings.listing?.status === "PENDING");
  client.subscribe("3", "subscription { listings(ids: []) { listingId } }");
  assert.equal(await client.errorCode("3"), "LIMIT_EXCEEDED");
  client.ws.terminate();
});

test("an order, and the queue of disputes, are told from the feed", async () => {
  const orderId = id("order");
  const client = await LiveClient.open(t.url, tokens.auditor);
  client.subscribe("order", "subscription($id: ID!) { order(id: $id) { cursor event { name op reverts } order { status } } }", { id: orderId });
  client.subscribe("disputes", "subscription { disputeQueue { kind orderId cause retracts cursor order { status } } }");
  await client.data("order", 1);
  // Nothing is disputed, so nothing tells that the second subscription listens: until it does, it is told of another order's dispute again and again.
  const probe = id("probe");
  const told = (message: Message): boolean => message.id === "disputes" && message.type === "next";
  for (let listens = false; !listens; listens = client.messages.some(told)) {
    await emitFeed(t.database, [{ name: "Disputed", orderId: probe }]);
    await wait(200);
  }
  const [disputed] = await emitFeed(t.database, [{ name: "Disputed", orderId }]);
  await emitFeed(t.database, [{ name: "DisputeVoted", orderId }]);
  const [settled] = await emitFeed(t.database, [{ name: "Settled", orderId }]);
  await emitFeed(t.database, [{ name: "Settled", orderId, op: "REVERT", reverts: settled! }, { name: "Disputed", orderId, op: "REVERT", reverts: disputed! }]);
  interface Change {
    disputeQueue: { kind: string; orderId: string; cause: string; retracts: string | null };
  }
  const changeOf = ({ payload }: Message): Change["disputeQueue"] => (payload as { data: Change }).data.disputeQueue;
  await client.until((message) => told(message) && changeOf(message).retracts === disputed);
  const changes = client.messages.filter(told).map(changeOf).filter((change) => change.orderId !== probe);
  assert.deepEqual(changes.map(({ kind, cause, retracts }) => [kind, cause, retracts]), [["ADDED", "Disputed", null], ["UPDATED", "DisputeVoted", null], ["REMOVED", "Settled", null], ["ADDED", "Settled", settled], ["REMOVED", "Disputed", disputed]]);
  assert.ok(changes.every((change) => change.orderId === orderId));
  const orders = await client.data<{ order: { event: { name: string; op: string } | null } }>("order", 6);
  assert.deepEqual(orders.map(({ order }) => order.event && `${order.event.op} ${order.event.name}`), [null, "APPLY Disputed", "APPLY DisputeVoted", "APPLY Settled", "REVERT Settled", "REVERT Disputed"]);
  client.ws.terminate();
});

test("claims are told in the queue, before and after a resume; the stats follow; a filter of the queue holds", async () => {
  const { listingId } = await t.list(provider);
  const query = "subscription($after: String, $where: AuditQueueFilter) { auditQueue(after: $after, where: $where) { kind listingId cause cursor priority claims { auditor slot token } } }";
  interface Change {
    auditQueue: { kind: string; listingId: string; cause: string | null; cursor: string; claims: { auditor: string; slot: number; token: string }[] };
  }
  const client = await LiveClient.open(t.url, tokens.auditor);
  client.subscribe("q", query, { where: { provider: [provider.address], dataKind: ["FHIR"], region: [276] } });
  client.subscribe("none", query, { where: { region: [1] } });
  client.subscribe("stats", "subscription { auditStats { depth claims breachedLeases oldestListedTime } }");
  await client.until(({ id: of, payload }) => of === "q" && (payload as { data: Change }).data.auditQueue.listingId === listingId);
  const before = client.messages.filter((message) => message.id === "q" && message.type === "next").length;
  const [{ token }] = [((await t.ask("mutation($id: ID!) { claimAudit(listingId: $id, seconds: 1) { token } }", { id: listingId }, tokens.auditor)).data as unknown as { claimAudit: { token: string } }).claimAudit];
  // It runs out.
  const changes = (await client.data<Change>("q", before + 2)).slice(before).map(({ auditQueue }) => auditQueue);
  const account = auditor.address.toLowerCase();
  assert.deepEqual(changes.map(({ kind, cause, claims }) => [kind, cause, claims]), [["UPDATED", "CLAIMED", [{ auditor: account, slot: 0, token }]], ["UPDATED", "EXPIRED", []]]);
  client.subscribe("again", query, { after: changes[0]!.cursor });
  assert.deepEqual((await client.data<Change>("again", 1))[0]?.auditQueue, changes[1]);
  await client.until(({ id: of, payload }) => of === "stats" && (payload as { data: { auditStats: { breachedLeases: number; claims: number } } }).data.auditStats.breachedLeases === 1);
  assert.equal((await client.data("none", 0)).length, 0);
  client.ws.terminate();
});

test("a queue of two feeds is told in one order: who resumes is told the same changes under the same cursors as who never left", async () => {
  const query = "subscription($after: String) { auditQueue(after: $after) { kind listingId cause cursor claims { auditor token } } }";
  interface Change {
    auditQueue: { kind: string; listingId: string; cause: string | null; cursor: string; claims: { auditor: string; token: string }[] };
  }
  const { listingId } = await t.list(provider);
  const client = await LiveClient.open(t.url, tokens.auditor);
  client.subscribe("live", query);
  await client.until(({ id: of, payload }) => of === "live" && (payload as { data: Change }).data.auditQueue.listingId === listingId);
  const before = client.messages.filter(({ id: of, type }) => of === "live" && type === "next").length;
  const { cursor } = (await client.data<Change>("live", before)).at(-1)!.auditQueue;
  const claims = "mutation($id: ID!) { claimAudit(listingId: $id, seconds: 600) { token } }";
  const release = "mutation($id: ID!, $token: BigInt!) { releaseClaim(listingId: $id, token: $token) { slot } }";
  let told = before;
  // Each is told before the next is done: the platform's change, the market's, by turns, with what concerns no queue in between.
  for (let round = 0; round < 3; round++) {
    const { token } = ((await t.ask(claims, { id: listingId }, tokens.auditor)).data as unknown as { claimAudit: { token: string } }).claimAudit;
    await client.data("live", (told += 1));
    await t.database.query("insert into app.dead_letter (queue, job_key, error_code, error_message, attempts) values ('encrypt', $1, 'INTERNAL', '', 5)", [`order ${round}`]);
    await emitFeed(t.database, [{ name: "Repriced", listingId }]);
    await client.data("live", (told += 1));
    await t.ask(release, { id: listingId, token }, tokens.auditor);
    await client.data("live", (told += 1));
  }
  const live = (await client.data<Change>("live", told)).slice(before).map(({ auditQueue }) => auditQueue);
  assert.deepEqual(live.map(({ cause }) => cause), ["CLAIMED", "Repriced", "RELEASED", "CLAIMED", "Repriced", "RELEASED", "CLAIMED", "Repriced", "RELEASED"]);
  assert.equal(new Set(live.map((change) => change.cursor)).size, live.length);
  for (const [index, after] of [cursor, ...live.map((change) => change.cursor)].entries()) {
    const rest = live.slice(index);
    client.subscribe(`from ${index}`, query, { after });
    assert.deepEqual((await client.data<Change>(`from ${index}`, rest.length)).map(({ auditQueue }) => auditQueue), rest);
  }
  client.ws.terminate();
});

test("a change of an auditor's waits for the market's entries that are being written, and stands after them", async () => {
  const { listingId } = await t.list(provider);
  const index = t.database.createQueryRunner();
  const change = (): Promise<{ market_seq: string }[]> => t.database.query("select market_seq from app.activity where kind = 'AUDIT' and listing_id = $1", [listingId]) as Promise<{ market_seq: string }[]>;
  try {
    await index.startTransaction();
    const [[counter]] = (await index.query("update feed_counter set last_seq = last_seq + 1 where id = 1 returning last_seq")) as [{ last_seq: string }[], number];
    const claim = t.ask("mutation($id: ID!) { claimAudit(listingId: $id, seconds: 600) { token } }", { id: listingId }, tokens.auditor);
    while (((await t.database.query("select from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into app.activity%'")) as unknown[]).length === 0) await wait(20);
    assert.deepEqual(await change(), []);
    await index.query("insert into market_event (seq, op, name, block_number, block_hash, block_time, transaction_hash, log_index, log_part, listing_id, payload) select $1, 'APPLY', 'Repriced', height, hash, now(), hash, 0, 0, $2, '{}' from chain_status", [counter!.last_seq, listingId]);
    await index.commitTransaction();
    assert.deepEqual((await claim).errors, []);
    assert.ok(BigInt((await change())[0]!.market_seq) >= BigInt(counter!.last_seq));
  } finally {
    if (index.isTransactionActive) await index.rollbackTransaction();
    await index.release();
  }
});

test("operators are told of jobs, others are not; anybody is told of the chain's head", async () => {
  const client = await LiveClient.open(t.url, tokens.operator);
  const query = "subscription($after: String) { jobs(after: $after) { seq cursor kind status queue jobKey errorCode attempts } }";
  client.subscribe("jobs", query);
  client.subscribe("head", "subscription { chainHead { number finalizedNumber status } }");
  const stranger = await LiveClient.open(t.url, tokens.auditor);
  stranger.subscribe("jobs", query);
  assert.equal(await stranger.errorCode("jobs"), "FORBIDDEN");
  stranger.ws.terminate();
  await wait(1_000);
  await t.database.query("insert into app.dead_letter (queue, job_key, error_code, error_message, attempts) values ('encrypt', 'k', 'INTERNAL', 'secret', 5)");
  await t.database.query("update app.dead_letter set retried_at = now() where job_key = 'k'");
  const told = await client.data<{ jobs: { cursor: string; status: string; queue: string; attempts: number } }>("jobs", 2);
  assert.deepEqual(told.map(({ jobs }) => [jobs.status, jobs.queue, jobs.attempts]), [["GIVEN_UP", "encrypt", 5], ["RETRIED", "encrypt", 5]]);
  client.subscribe("rest", query, { after: told[0]!.jobs.cursor });
  assert.equal((await client.data<{ jobs: { status: string } }>("rest", 1))[0]?.jobs.status, "RETRIED");
  // A block comes every second.
  const heads = (await client.data<{ chainHead: { number: number } }>("head", 3)).map(({ chainHead }) => chainHead.number);
  assert.deepEqual(heads, [...heads].sort((a, b) => a - b));
  assert.ok(heads.at(-1)! > heads[0]!);
  client.ws.terminate();
});
