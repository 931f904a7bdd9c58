import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Wallet } from "ethers";
import { createClient, type Client } from "graphql-ws";
import { WebSocket } from "ws";
import { Role } from "../schema/market.js";
import { withApi, type TestApi } from "../test/support/with-api.js";

let t: TestApi;
const provider = Wallet.createRandom();
const auditors = [Wallet.createRandom(), Wallet.createRandom()];
let auditorToken: string;

before(async () => {
  t = await withApi();
  await t.accredit(provider, Role.PROVIDER);
  for (const [slot, auditor] of auditors.entries()) await t.accredit(auditor, Role.AUDITOR, { slot });
  auditorToken = await t.signIn(auditors[0]!);
});
after(() => t.stop());

const connect = (token?: string): Client =>
  createClient({ url: `${t.url.replace("http", "ws")}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, lazy: false, connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` }, onNonLazyError: () => undefined });

interface Received<Data> {
  data: Data[];
  /** Resolves once that many have come. */
  until(count: number): Promise<Data[]>;
  error: Promise<{ code: string }>;
  complete: Promise<void>;
  stop(): void;
}

function subscribe<Data>(client: Client, query: string, variables: Record<string, unknown> = {}): Received<Data> {
  const data: Data[] = [];
  let wake = (): void => undefined;
  let fail: (error: { code: string }) => void;
  let end: () => void;
  const error = new Promise<{ code: string }>((resolve) => (fail = resolve));
  const complete = new Promise<void>((resolve) => (end = resolve));
  const stop = client.subscribe<Data>(
    { query, variables },
    {
      next(message) {
        if (message.errors?.[0]) fail(message.errors[0].extensions as never);
        else if (message.data) data.push(message.data);
        wake();
      },
      error: (reason) => fail(Array.isArray(reason) ? (reason[0] as { extensions: { code: string } }).extensions : (reason as { code: string })),
      complete: () => end(),
    },
  );
  return {
    data,
    error,
    complete,
    stop,
    async until(count) {
      const limit = Date.now() + 15_000;
      while (data.length < count) {
        if (Date.now() > limit) throw new Error(`only ${data.length} of ${count} messages came: ${JSON.stringify(data)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, 200);
        });
      }
      return data;
    },
  };
}

interface EventMessage {
  marketEvents: { seq: string; cursor: string; op: string; name: string; listingId: string | null };
}
const eventsText = "subscription($after: String) { marketEvents(after: $after) { seq cursor op name listingId } }";
interface QueueMessage {
  auditQueue: { kind: string; listingId: string; cursor: string; listing: { id: string; approvals: number } | null };
}
const queueText = "subscription($after: String) { auditQueue(after: $after) { kind listingId cursor listing { id approvals } } }";
const feed = async (): Promise<string[]> => ((await t.database.query("select seq from market_event order by seq")) as { seq: string }[]).map(({ seq }) => seq);

test("a subscriber that is cut off again and again gets every event once, in order", async () => {
  const seen: string[] = [];
  const { data } = await t.ask("{ marketEvents(first: 1) { edges { node { seq cursor } } } }");
  const first = (data as unknown as { marketEvents: { edges: { node: { seq: string; cursor: string } }[] } }).marketEvents.edges[0]!.node;
  seen.push(first.seq);
  let after = first.cursor;
  const listing = (async () => {
    for (let i = 0; i < 8; i++) await t.list(provider);
  })();
  let done = false;
  void listing.then(() => (done = true));
  for (let round = 0; !done || seen.length < (await feed()).length; round++) {
    assert.ok(round < 200);
    const client = connect();
    const received = subscribe<EventMessage>(client, eventsText, { after });
    await new Promise<void>((resolve) => client.on("connected", () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, (round % 5) * 80));
    // The socket dies without a goodbye; what was received by then counts.
    client.terminate();
    for (const { marketEvents } of received.data) {
      seen.push(marketEvents.seq);
      after = marketEvents.cursor;
    }
  }
  await listing;
  assert.deepEqual(seen, await feed());
});

test("without a cursor only what is new comes", async () => {
  const client = connect();
  const received = subscribe<EventMessage>(client, eventsText);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = (await feed()).length;
  const { listingId } = await t.list(provider);
  const [message] = await received.until(1);
  assert.deepEqual([message?.marketEvents.name, message?.marketEvents.listingId, message?.marketEvents.seq], ["Listed", listingId, String(before + 1)]);
  await client.dispose();
});

/** What the messages say is in the queue. */
function fold(messages: readonly QueueMessage[], queue = new Set<string>()): Set<string> {
  for (const { auditQueue } of messages) {
    if (auditQueue.kind === "ADDED") {
      assert.ok(!queue.has(auditQueue.listingId), "added twice");
      queue.add(auditQueue.listingId);
    } else {
      assert.ok(queue.has(auditQueue.listingId), `${auditQueue.kind} of what is not there`);
      if (auditQueue.kind === "REMOVED") queue.delete(auditQueue.listingId);
    }
  }
  return queue;
}
const pending = async (): Promise<Set<string>> =>
  new Set(((await t.database.query("select id from listing where to_block is null and status = 'PENDING'")) as { id: string }[]).map(({ id }) => id));

test("the audit queue is told as a snapshot, then as changes; resuming from any message's cursor gives the rest, also within the snapshot", async () => {
  const waiting = await pending();
  assert.ok(waiting.size >= 9);
  const client = connect(auditorToken);
  const live = subscribe<QueueMessage>(client, queueText);
  await live.until(waiting.size);
  assert.deepEqual(fold(live.data), waiting);

  const { listingId } = await t.list(provider);
  const [oldest] = waiting;
  await t.send(auditors[0]!, "vote", [oldest, true, 0]);
  await t.send(auditors[1]!, "vote", [oldest, true, 0]);
  // Listed; Voted, Voted and Approved in some grouping: the second vote's listing is still pending when it is told.
  await live.until(waiting.size + 4);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const all = live.data.map(({ auditQueue }) => auditQueue);
  assert.deepEqual(all.slice(waiting.size).map(({ kind, listingId: about }) => [kind, about]), [["ADDED", listingId], ["UPDATED", oldest], ["UPDATED", oldest], ["REMOVED", oldest]]);
  assert.deepEqual(fold(live.data), await pending());

  for (const at of [0, 3, waiting.size - 2, waiting.size - 1, waiting.size, waiting.size + 2]) {
    const resumed = subscribe<QueueMessage>(client, queueText, { after: all[at]!.cursor });
    const rest = await resumed.until(all.length - at - 1);
    resumed.stop();
    assert.deepEqual(rest.map(({ auditQueue: { kind, listingId: about, cursor } }) => [kind, about, cursor]), all.slice(at + 1).map(({ kind, listingId: about, cursor }) => [kind, about, cursor]), `resumed at ${at}`);
  }
  await client.dispose();
});

test("what a re-org takes back is told: the events as REVERT, the queue's entry as REMOVED", async () => {
  const client = connect(auditorToken);
  const events = subscribe<EventMessage>(client, eventsText);
  const queue = subscribe<QueueMessage>(client, queueText);
  await queue.until((await pending()).size);
  // Blocks by transactions alone, so that the fork is ours to make.
  await t.provider.send("evm_setAutomine", [true]);
  try {
    const snapshot = (await t.provider.send("evm_snapshot", [])) as string;
    const { listingId } = await t.list(provider);
    await events.until(1);
    await t.provider.send("evm_revert", [snapshot]);
    // A fork that is longer: the index must take the listing back.
    await t.provider.send("evm_increaseTime", [7]);
    await t.provider.send("anvil_mine", ["0x3"]);
    const told = await events.until(2);
    assert.deepEqual(told.map(({ marketEvents }) => [marketEvents.op, marketEvents.name, marketEvents.listingId]), [["APPLY", "Listed", listingId], ["REVERT", "Listed", listingId]]);
    for (const end = Date.now() + 10_000; !queue.data.some(({ auditQueue }) => auditQueue.kind === "REMOVED") && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 50));
    const last = queue.data.slice(-2).map(({ auditQueue }) => [auditQueue.kind, auditQueue.listingId]);
    assert.deepEqual(last, [["ADDED", listingId], ["REMOVED", listingId]]);
    assert.equal(queue.data.at(-1)?.auditQueue.listing, null);
    assert.deepEqual(fold(queue.data), await pending());
  } finally {
    await t.provider.send("evm_setIntervalMining", [1]);
    await client.dispose();
  }
});

test("only auditors get the queue, only while they are; only owners get an upload; bad tokens get no connection", async () => {
  const anonymous = connect();
  assert.equal((await subscribe(anonymous, queueText).error).code, "UNAUTHENTICATED");
  assert.equal((await subscribe(anonymous, eventsText, { after: "nonsense" }).error).code, "CURSOR_INVALID");
  assert.equal((await subscribe(anonymous, "subscription { nothing }").error).code, "BAD_INPUT");
  assert.equal((await subscribe(anonymous, "subscription {").error).code, "BAD_INPUT");
  await anonymous.dispose();
  const stranger = connect(await t.signIn(provider));
  assert.equal((await subscribe(stranger, queueText).error).code, "NOT_ACCREDITED");
  await stranger.dispose();
  const closed = await new Promise<number>((resolve) => {
    createClient({ url: `${t.url.replace("http", "ws")}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, lazy: false, connectionParams: { authorization: "Bearer nonsense" }, onNonLazyError: () => undefined, on: { closed: (event) => resolve((event as { code: number }).code) } });
  });
  assert.equal(closed, 4401);

  const second = connect(await t.signIn(auditors[1]!));
  const queue = subscribe<QueueMessage>(second, queueText);
  await queue.until(1);
  await t.send(t.wallets.registrar, "revokeParticipants", [[auditors[1]!.address]]);
  assert.equal((await queue.error).code, "NOT_ACCREDITED");
  await second.dispose();
});

test("signing out ends a session's subscriptions within 5 s", async () => {
  const token = await t.signIn(auditors[0]!);
  const client = connect(token);
  const queue = subscribe<QueueMessage>(client, queueText);
  await queue.until(1);
  const before = Date.now();
  await t.ask("mutation { signOut }", {}, token);
  assert.equal((await queue.error).code, "UNAUTHENTICATED");
  assert.ok(Date.now() - before < 5_000);
  await client.dispose();
});

test("an upload's progress is told to its owner until it is over", async () => {
  const token = await t.signIn(provider);
  const { data } = await t.ask(
    "mutation($input: UploadInput!) { createUpload(input: $input) { id uploadUrl } }",
    { input: { size: "10", region: 276, legalBasis: "CONSENT", legalEvidenceHash: `0x${"00".repeat(32)}` } },
    token,
  );
  const { id, uploadUrl } = (data as unknown as { createUpload: { id: string; uploadUrl: string } }).createUpload;
  const text = "subscription($id: ID!) { uploadProgress(id: $id) { status received } }";
  const other = connect(auditorToken);
  assert.equal((await subscribe(other, text, { id }).error).code, "NOT_FOUND");
  await other.dispose();
  const client = connect(token);
  const progress = subscribe<{ uploadProgress: { status: string; received: string } }>(client, text, { id });
  await progress.until(1);
  const headers = { "tus-resumable": "1.0.0", authorization: `Bearer ${token}`, "content-type": "application/offset+octet-stream" };
  await fetch(uploadUrl, { method: "PATCH", headers: { ...headers, "upload-offset": "0" }, body: "12345" });
  await progress.until(2);
  await fetch(uploadUrl, { method: "PATCH", headers: { ...headers, "upload-offset": "5" }, body: "67890" });
  await progress.until(3);
  await t.ask("mutation($id: ID!) { withdrawUpload(id: $id) { status } }", { id }, token);
  await progress.complete;
  assert.deepEqual(progress.data.map(({ uploadProgress }) => [uploadProgress.status, uploadProgress.received]), [["CREATED", "0"], ["CREATED", "5"], ["RECEIVED", "10"], ["WITHDRAWN", "10"]]);
  await client.dispose();
});

test("queries and mutations work on the same connection, and say how fresh they are", async () => {
  const client = connect();
  const answer = await new Promise<{ data?: unknown; extensions?: { chain?: { indexedBlock: number } } }>((resolve, reject) =>
    client.subscribe({ query: "{ chain { chainId } }" }, { next: (message) => resolve(message as never), error: reject, complete: () => undefined }),
  );
  assert.deepEqual(answer.data, { chain: { chainId: 31337 } });
  assert.ok((answer.extensions?.chain?.indexedBlock ?? 0) > 0);
  await client.dispose();
});

test("subscribers survive a database that is restarted under their connections", async () => {
  const client = connect();
  const received = subscribe<EventMessage>(client, eventsText);
  await new Promise((resolve) => setTimeout(resolve, 300));
  // Every connection of the listener is cut; events meanwhile are read when it is back.
  await t.database.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'galen-listen'");
  const { listingId } = await t.list(provider);
  const [message] = await received.until(1);
  assert.equal(message?.marketEvents.listingId, listingId);
  await client.dispose();
});
