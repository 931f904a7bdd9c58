import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Wallet } from "ethers";
import { WebSocket, WebSocketServer } from "ws";
import { Role } from "../../schema/market.js";
import { emitFeed } from "../../test/support/emit-feed.js";
import { LiveClient, type Message } from "../../test/support/live-client.js";
import { withApi, type TestApi } from "../../test/support/with-api.js";
import { buildApiSchema } from "../build-schema.js";
import { Connection } from "./connection.js";
import { Connections } from "./connections.js";
import { FanOut } from "./fan-out.js";
import { LiveSocket } from "./live-socket.js";

let t: TestApi;
const [auditor, other] = [Wallet.createRandom(), Wallet.createRandom()];
const limit = 6;
const events = "subscription($after: String) { marketEvents(after: $after) { seq cursor payload } }";
const queue = "subscription { auditQueue { kind cursor } }";

before(async () => {
  t = await withApi({ MAX_SOCKETS_PER_CLIENT: String(limit) });
  await t.accredit(auditor, Role.AUDITOR);
});
after(() => t.stop());

test("graphql-transport-ws: each broken rule closes the socket with its published code", async () => {
  const broken = async (code: number, how: (client: LiveClient) => void | Promise<void>, options = {}): Promise<void> => {
    const client = new LiveClient(t.url, options);
    await client.opened();
    await how(client);
    assert.equal((await client.closed).code, code);
  };
  const init = { type: "connection_init" };
  await broken(4400, (client) => client.send("no JSON"));
  await broken(4400, (client) => client.send({ type: "unheard-of" }));
  await broken(4401, (client) => client.send({ id: "1", type: "subscribe", payload: { query: events } }));
  await broken(4401, (client) => client.send({ ...init, payload: { authorization: "Bearer nonsense" } }));
  await broken(4406, () => undefined, { protocols: [] });
  await broken(4408, () => undefined);
  await broken(4429, (client) => [init, init].forEach((message) => client.send(message)));
  await broken(4409, async (client) => {
    client.send(init);
    await client.until(({ type }) => type === "connection_ack");
    client.subscribe("1", events);
    client.subscribe("1", events);
  });
  await broken(4409, async (client) => {
    client.send(init);
    await client.until(({ type }) => type === "connection_ack");
    client.subscribe("1", "subscription { chainHead { number } }");
    // It stands once it has told where the chain is.
    await client.data("1", 1);
    client.subscribe("1", events);
  });
});

test("an id may be used again once its subscription was completed; ping is answered; other subscriptions go on", async () => {
  const client = await LiveClient.open(t.url);
  client.subscribe("1", events);
  client.subscribe("2", events);
  client.send({ type: "ping", payload: { n: 1 } });
  assert.deepEqual((await client.until(({ type }) => type === "pong")).payload, { n: 1 });
  client.send({ id: "1", type: "complete" });
  // A subscription without a cursor tells what comes once it stands, and nothing says when that is.
  await wait(1_000);
  const [first] = await emitFeed(t.database, [{ name: "One" }]);
  assert.equal((await client.data<{ marketEvents: { seq: string } }>("2", 1))[0]?.marketEvents.seq, first);
  // Also while the former one is still being prepared: that one must not stand beside the new one.
  client.subscribe("1", events);
  client.send({ id: "1", type: "complete" });
  client.subscribe("1", events);
  await wait(1_000);
  const [second] = await emitFeed(t.database, [{ name: "Two" }]);
  await client.data("1", 1);
  client.send({ type: "ping" });
  await client.until(({ type, payload }) => type === "pong" && payload === undefined);
  assert.deepEqual((await client.data<{ marketEvents: { seq: string } }>("1", 1)).map(({ marketEvents }) => marketEvents.seq), [second]);
  assert.deepEqual(client.messages.filter(({ type }) => type === "error" || type === "complete"), []);
  client.ws.terminate();
});

test("a session's end ends its subscriptions within 5 s, by revocation or by time, and a new token on the same connection prevents it", async () => {
  const [first, second, third] = [await t.signIn(auditor), await t.signIn(auditor), await t.signIn(auditor)];
  const [ending, renewed, revoked] = await Promise.all([first, first, second].map((token) => LiveClient.open(t.url, token)));
  for (const client of [ending!, renewed!, revoked!]) {
    client.subscribe("q", queue);
    client.subscribe("e", events);
  }
  await wait(1_000);
  renewed!.send({ type: "ping", payload: { authorization: `Bearer ${third}` } });
  await renewed!.until(({ type }) => type === "pong");
  let began = Date.now();
  // As 15 minutes do.
  await t.database.query("update app.session set expires_at = now() where id = (select id from app.session where account = $1 order by created_at limit 1)", [auditor.address.toLowerCase()]);
  assert.deepEqual([await ending!.errorCode("q"), await ending!.errorCode("e"), (await ending!.closed).code], ["UNAUTHENTICATED", "UNAUTHENTICATED", 4401]);
  assert.ok(Date.now() - began < 5_000);
  began = Date.now();
  await t.ask("mutation { signOut }", {}, second);
  assert.equal(await revoked!.errorCode("q"), "UNAUTHENTICATED");
  assert.ok(Date.now() - began < 5_000);
  // Still there, and told.
  await emitFeed(t.database, [{ name: "Three" }]);
  await renewed!.data("e", 1);
  renewed!.send({ type: "ping", payload: { authorization: `Bearer ${await t.signIn(other)}` } });
  assert.equal((await renewed!.closed).code, 4403);
});

test("whoever lost the right to see it is told nothing more", async () => {
  const brief = Wallet.createRandom();
  await t.accredit(brief, Role.AUDITOR, { slot: 3 });
  const client = await LiveClient.open(t.url, await t.signIn(brief));
  client.subscribe("q", queue);
  await wait(1_000);
  await t.send(t.wallets.registrar, "revokeParticipants", [[brief.address]]);
  assert.equal(await client.errorCode("q"), "NOT_ACCREDITED");
  client.ws.terminate();
});

test("one address, and one account, may have so many connections and no more", async () => {
  await wait(200); // those of earlier tests are gone
  const clients = await Promise.all(Array.from({ length: limit }, () => LiveClient.open(t.url)));
  const refused = new LiveClient(t.url);
  await assert.rejects(refused.opened(), /429/);
  for (const client of clients) client.ws.terminate();
  const token = await t.signIn(auditor);
  const own = await Promise.all(Array.from({ length: limit }, (_unused, index) => LiveClient.open(t.url, token, { localAddress: `127.0.0.${2 + (index % 2)}` })));
  const tooMany = new LiveClient(t.url, { localAddress: "127.0.0.4" });
  await tooMany.opened();
  tooMany.send({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
  assert.equal((await tooMany.closed).code, 4491);
  for (const client of own) client.ws.terminate();
});

test("one connection has at most 100 operations at once; one more is refused, and the others go on", async () => {
  const client = await LiveClient.open(t.url);
  const ids = Array.from({ length: 100 }, (_unused, index) => `s${index}`);
  for (const id of [...ids, "more"]) client.subscribe(id, "subscription { chainHead { number } }");
  assert.equal(await client.errorCode("more"), "LIMIT_EXCEEDED");
  for (const id of ids) await client.data(id, 1);
  client.send({ id: "s0", type: "complete" });
  client.subscribe("again", "subscription { chainHead { number } }");
  await client.data("again", 1);
  client.ws.terminate();
});

test("who answers no ping is dropped, and who answers stays", async () => {
  const connections = new Connections(t.api.deps, new FanOut(t.api.deps, buildApiSchema()), 300);
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", WebSocket: LiveSocket });
  await once(server, "listening");
  server.on("connection", (ws: LiveSocket, request) => {
    const connection = new Connection(ws, request.socket, "anybody");
    connections.add(connection);
    ws.on("pong", () => (connection.isAlive = true));
    ws.on("close", () => connections.remove(connection));
  });
  try {
    const open = (autoPong: boolean): WebSocket => new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { autoPong });
    const [answering, silent] = [open(true), open(false)];
    const [code] = (await once(silent, "close")) as [number];
    assert.equal(code, 1006);
    await once(answering, "ping");
    assert.equal(answering.readyState, WebSocket.OPEN);
    assert.equal(connections.size, 1);
  } finally {
    connections.close();
    connections.terminate();
    server.close();
  }
});

test("a slow reader is closed with a code of its own and the cursor to resume from; nothing is skipped", async () => {
  const client = await LiveClient.open(t.url);
  client.subscribe("1", events);
  await wait(1_000);
  client.ws.pause();
  const payload = { filler: "x".repeat(20_000) };
  const seqs: string[] = [];
  for (let round = 0; round < 20; round++) seqs.push(...(await emitFeed(t.database, Array.from({ length: 50 }, () => ({ name: "Big", payload })))));
  await wait(500);
  client.ws.resume();
  const { code, reason } = await client.closed;
  assert.equal(code, 4490);
  const received = client.messages.filter(({ type }) => type === "next").map(({ payload: body }) => (body as { data: { marketEvents: { seq: string; cursor: string } } }).data.marketEvents);
  assert.equal(reason, received.at(-1)?.cursor);
  assert.ok(received.length < seqs.length);
  const announced = client.messages.find(({ type }) => type === "ping")?.payload as { closing: { cursors: Record<string, string> } };
  assert.deepEqual(announced.closing.cursors, { 1: reason });
  const again = await LiveClient.open(t.url);
  again.subscribe("1", events, { after: reason });
  const rest = await again.data<{ marketEvents: { seq: string } }>("1", seqs.length - received.length);
  assert.deepEqual([...received, ...rest.map(({ marketEvents }) => marketEvents)].map(({ seq }) => seq), seqs);
  again.ws.terminate();
});

test("a process that goes says goodbye with the cursors", async () => {
  const client = await LiveClient.open(t.url);
  client.subscribe("a", events);
  client.subscribe("b", events);
  await wait(1_000);
  await emitFeed(t.database, [{ name: "Last" }]);
  const [last] = await client.data<{ marketEvents: { cursor: string } }>("a", 1);
  await client.data("b", 1);
  // Closing all is what a shutdown does first.
  await t.stopApi();
  assert.equal((await client.closed).code, 1001);
  const announced = client.messages.find(({ type }) => type === "ping") as Message & { payload: { closing: { code: number; cursors: Record<string, string> } } };
  const cursor = last!.marketEvents.cursor;
  assert.deepEqual(announced.payload.closing, { code: 1001, reason: "Going away", cursors: { a: cursor, b: cursor } });
});
