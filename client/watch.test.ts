import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { connect as connectTo, createServer as createProxy, type AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { buildSchema, GraphQLError, type GraphQLSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocket, WebSocketServer } from "ws";
import { AppError } from "../schema/errors.js";
import { createClient } from "./client.js";
import { operation } from "./operations/operation.js";
import { watch } from "./watch.js";

const counted = operation<{ numbers: { seq: number } }, { after?: string }>(`subscription ($after: String) { numbers(after: $after) { seq } }`);
const last = 200;
const burst = operation<{ burst: { seq: number } }, { after?: string }>(`subscription ($after: String) { burst(after: $after) { seq } }`);
/** More than a watch holds for a slow reader. */
const burstLast = 2_500;

let server: Server;
let sockets: WebSocketServer;
let apiUrl: string;
let subscribed: string[];

/** A feed of numbers from 1 to `last`; it refuses the cursor "forbidden". */
function numbersSchema(): GraphQLSchema {
  const schema = buildSchema("type Number { seq: Int! } type Query { nothing: Int } type Subscription { numbers(after: String): Number! burst(after: String): Number! }");
  const field = schema.getSubscriptionType()?.getFields()["numbers"];
  assert.ok(field);
  field.subscribe = async function* (_root: unknown, { after: from }: { after?: string }): AsyncGenerator<{ numbers: { seq: number } }> {
    subscribed.push(from ?? "");
    if (from === "forbidden") throw new GraphQLError("No.", { extensions: { code: "FORBIDDEN" } });
    for (let seq = Number(from ?? 0) + 1; seq <= last; seq++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      yield { numbers: { seq } };
    }
  };
  schema.getSubscriptionType()!.getFields()["burst"]!.subscribe = async function* (_root: unknown, { after: from }: { after?: string }): AsyncGenerator<{ burst: { seq: number } }> {
    for (let seq = Number(from ?? 0) + 1; seq <= burstLast; seq++) yield await Promise.resolve({ burst: { seq } });
  };
  return schema;
}

before(async () => {
  server = createServer();
  sockets = new WebSocketServer({ server, path: "/graphql" });
  useServer({ schema: numbersSchema() }, sockets);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  for (const socket of sockets.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

test("connections cut again and again lose nothing and repeat nothing", async () => {
  subscribed = [];
  const cutter = setInterval(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, 60);
  const seen: number[] = [];
  let reconnects = 0;
  for await (const { numbers } of watch(createClient({ apiUrl }), counted, { variables: {}, cursorOf: (data) => String(data.numbers.seq), webSocket: WebSocket, onReconnect: () => (reconnects += 1) })) {
    seen.push(numbers.seq);
  }
  clearInterval(cutter);
  assert.deepEqual(seen, Array.from({ length: last }, (_unused, index) => index + 1));
  assert.ok(reconnects >= 2, `cut ${reconnects} times`);
  // A connection may be cut before it could subscribe.
  assert.ok(subscribed.length > 1 && subscribed.length <= reconnects + 1);
});

test("a connection whose other end went silent, without a word, is given up and resumed", async () => {
  subscribed = [];
  let connections = 0;
  const { port } = server.address() as AddressInfo;
  // As a network that drops packets: both ends stay open, and nothing passes.
  const proxy = createProxy((near) => {
    const far = connectTo(port, "127.0.0.1");
    const isFirst = (connections += 1) === 1;
    let passed = 0;
    near.pipe(far);
    far.on("data", (chunk: Buffer) => {
      passed += chunk.length;
      if (!isFirst || passed < 2_000) near.write(chunk);
    });
    near.on("close", () => far.destroy()).on("error", () => undefined);
    far.on("close", () => near.destroy()).on("error", () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const seen: number[] = [];
  let reconnects = 0;
  const through = createClient({ apiUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` });
  for await (const { numbers } of watch(through, counted, { variables: {}, cursorOf: (data) => String(data.numbers.seq), webSocket: WebSocket, keepAliveMs: 400, onReconnect: () => (reconnects += 1) })) seen.push(numbers.seq);
  await new Promise((resolve) => proxy.close(resolve));
  assert.deepEqual(seen, Array.from({ length: last }, (_unused, index) => index + 1));
  assert.deepEqual([reconnects, connections, subscribed.length], [1, 2, 2]);
});

test("a kept cursor outlives the program: what was not dealt with comes again, and nothing else", async () => {
  let kept: string | undefined;
  const cursorStore = { load: () => kept, save: (cursor: string) => void (kept = cursor) };
  const readUntil = async (stop: number): Promise<number[]> => {
    const seen: number[] = [];
    for await (const { numbers } of watch(createClient({ apiUrl }), counted, { variables: {}, cursorOf: (data) => String(data.numbers.seq), cursorStore, webSocket: WebSocket })) {
      seen.push(numbers.seq);
      if (numbers.seq === stop) break; // as a program that dies while it deals with this one
    }
    return seen;
  };
  assert.deepEqual([(await readUntil(50)).length, kept], [50, "49"]);
  assert.deepEqual(await readUntil(last), Array.from({ length: last - 49 }, (_unused, index) => index + 50));
});

test("a reader that is slower than the feed holds no more than its bound, and misses nothing", async () => {
  const seen: number[] = [];
  let reconnects = 0;
  for await (const { burst: { seq } } of watch(createClient({ apiUrl }), burst, { variables: {}, cursorOf: (data) => String(data.burst.seq), webSocket: WebSocket, onReconnect: () => (reconnects += 1) })) {
    seen.push(seq);
    // The whole burst arrives meanwhile.
    if (seq === 1) await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  assert.deepEqual(seen, Array.from({ length: burstLast }, (_unused, index) => index + 1));
  assert.ok(reconnects > 0, "the connection was given up while too many waited");
});

test("a refusal is told with its code, and not tried again", async () => {
  subscribed = [];
  await assert.rejects(
    async () => {
      for await (const _message of watch(createClient({ apiUrl }), counted, { variables: { after: "forbidden" }, webSocket: WebSocket })) assert.fail("nothing may come");
    },
    (error) => error instanceof AppError && error.code === "FORBIDDEN",
  );
  assert.deepEqual(subscribed, ["forbidden"]);
});

test("an aborted watch ends without an error and closes its connection", async () => {
  subscribed = [];
  const aborted = new AbortController();
  const seen: number[] = [];
  for await (const { numbers } of watch(createClient({ apiUrl }), counted, { variables: {}, webSocket: WebSocket, signal: aborted.signal })) {
    seen.push(numbers.seq);
    if (seen.length === 5) aborted.abort();
  }
  assert.ok(seen.length >= 5 && seen.length < last);
  for (const end = Date.now() + 2_000; sockets.clients.size > 0 && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(sockets.clients.size, 0);
});
