import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { emitFeed } from "../../test/support/emit-feed.js";
import { withApi, type TestApi } from "../../test/support/with-api.js";

/** A client as somebody would write it in another language from docs/live.md and RFC 6455 alone: a TCP socket, and no library of ours or anybody's. */

let t: TestApi;
before(async () => {
  t = await withApi();
});
after(() => t.stop());

interface Message {
  type: string;
  id?: string;
  payload?: { data?: { marketEvents: Event }; closing?: { code: number; cursors: Record<string, string> } };
}
interface Event {
  seq: string;
  op: "APPLY" | "REVERT";
  reverts: string | null;
  cursor: string;
}

class RawClient {
  readonly messages: Message[] = [];
  /** Of the close frame. */
  closed: { code: number; reason: string } | undefined;
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => undefined);
  }

  /** Opens `ws://HOST/graphql`, subprotocol `graphql-transport-ws`; first message: connection_init. */
  static async open(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const client = new RawClient(socket);
    const key = randomBytes(16).toString("base64");
    socket.write(
      ["GET /graphql HTTP/1.1", `Host: ${hostname}:${port}`, "Connection: Upgrade", "Upgrade: websocket", `Sec-WebSocket-Key: ${key}`, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: graphql-transport-ws", "", ""].join("\r\n"),
    );
    const [head] = (await once(socket, "data")) as [Buffer];
    const end = head.indexOf("\r\n\r\n");
    const answer = head.toString("latin1", 0, end);
    assert.match(answer, /^HTTP\/1\.1 101 /);
    assert.match(answer, /\r\nSec-WebSocket-Protocol: graphql-transport-ws(\r\n|$)/i);
    assert.doesNotMatch(answer, /Sec-WebSocket-Extensions/i, "no compression");
    assert.ok(answer.includes(createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64")));
    client.#read(head.subarray(end + 4));
    socket.on("data", (chunk) => client.#read(chunk));
    client.send({ type: "connection_init" });
    await client.until(() => client.messages.some(({ type }) => type === "connection_ack"));
    return client;
  }

  subscribe(id: string, after: string | null): void {
    this.send({ id, type: "subscribe", payload: { query: "subscription($after: String) { marketEvents(after: $after) { seq op reverts cursor payload } }", variables: { after } } });
  }

  /** What a subscription was told so far. */
  get events(): Event[] {
    return this.messages.flatMap(({ type, payload }) => (type === "next" && payload?.data ? [payload.data.marketEvents] : []));
  }

  send(message: object): void {
    this.#write(1, Buffer.from(JSON.stringify(message)));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** As a cable does. */
  cut(): void {
    this.#socket.destroy();
  }

  async until(check: () => boolean): Promise<void> {
    for (const end = Date.now() + 120_000; !check(); await new Promise((resolve) => setTimeout(resolve, 10))) if (Date.now() > end) throw new Error(`waited in vain; there came ${this.messages.length} messages, and ${JSON.stringify(this.closed)}`);
  }

  /** A masked frame of the client's. */
  #write(opcode: number, body: Buffer): void {
    const mask = randomBytes(4);
    const length = body.length < 126 ? Buffer.from([0x80 | body.length]) : Buffer.from([0x80 | 126, body.length >> 8, body.length & 255]);
    this.#socket.write(Buffer.concat([Buffer.from([0x80 | opcode]), length, mask, body.map((byte, index) => byte ^ mask[index % 4]!)]));
  }

  /** Frames of the server's are whole and not masked. */
  #read(chunk: Buffer): void {
    let data = Buffer.concat([this.#rest, chunk]);
    while (data.length >= 2) {
      const short = data[1]! & 127;
      const start = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (data.length < start) break;
      const length = short < 126 ? short : short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2));
      if (data.length < start + length) break;
      this.#take(data[0]! & 15, data.subarray(start, start + length));
      data = data.subarray(start + length);
    }
    this.#rest = data;
  }

  #take(opcode: number, body: Buffer): void {
    if (opcode === 1) this.messages.push(JSON.parse(body.toString()) as Message);
    else if (opcode === 9) this.#write(10, body);
    else if (opcode === 8) {
      this.closed = { code: body.readUInt16BE(0), reason: body.toString("utf8", 2) };
      this.#write(8, body.subarray(0, 2));
    }
  }
}

/** Folding: entries by `seq`, without those that a later one names in `reverts`. */
function fold(events: readonly Event[]): string[] {
  const kept = new Set<string>();
  for (const { seq, op, reverts } of events) {
    if (op === "APPLY") kept.add(seq);
    else kept.delete(reverts!);
  }
  return [...kept];
}

test("who has only the document connects, subscribes, and after a cut resumes without loss or repetition; what is taken back is told", async () => {
  const [first] = await emitFeed(t.database, [{ name: "Zero" }]);
  const client = await RawClient.open(t.url);
  const [newest] = ((await t.ask("{ marketEvents(last: 1) { edges { cursor } } }")).data as unknown as { marketEvents: { edges: [{ cursor: string }] } }).marketEvents.edges;
  client.subscribe("mine", newest.cursor);
  const [one, two] = await emitFeed(t.database, [{ name: "One" }, { name: "Two" }]);
  await client.until(() => client.events.length === 2);
  client.cut();
  const [three, back] = await emitFeed(t.database, [{ name: "Three" }, { name: "Two", op: "REVERT", reverts: two! }]);
  const again = await RawClient.open(t.url);
  again.subscribe("1", client.events.at(-1)!.cursor);
  const [four] = await emitFeed(t.database, [{ name: "Four" }]);
  await again.until(() => again.events.length === 3);
  const all = [...client.events, ...again.events];
  assert.deepEqual(all.map(({ seq }) => seq), [one, two, three, back, four]);
  assert.ok(BigInt(one!) > BigInt(first!));
  assert.deepEqual(fold(all), [one, three, four]);
  // From an earlier cursor what is known comes again, under the cursor that it had.
  again.send({ id: "1", type: "complete" });
  again.subscribe("earlier", client.events[0]!.cursor);
  await again.until(() => again.events.length === 7);
  const known = new Set(all.map(({ cursor }) => cursor));
  assert.ok(again.events.slice(3).every(({ cursor }) => known.has(cursor)));
  again.cut();
});

test("who reads too slowly is closed with 4490, is told where it stood, and goes on from there", async () => {
  const client = await RawClient.open(t.url);
  client.subscribe("slow", null);
  const [mark] = await emitFeed(t.database, [{ name: "Mark" }]);
  const seqs: string[] = [];
  // Begins from now on, which is when its first message comes.
  while (client.events.length === 0) {
    seqs.push(...(await emitFeed(t.database, [{ name: "Begin" }])));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  client.pause();
  const payload = { filler: "x".repeat(20_000) };
  for (let round = 0; round < 20; round++) seqs.push(...(await emitFeed(t.database, Array.from({ length: 50 }, () => ({ name: "Big", payload })))));
  // Another that reads has all of it: so it was written to the slow one too, as far as that took it.
  const other = await RawClient.open(t.url);
  other.subscribe("1", client.events[0]!.cursor);
  await other.until(() => other.events.at(-1)?.seq === seqs.at(-1));
  other.cut();
  client.resume();
  await client.until(() => client.closed !== undefined);
  assert.equal(client.closed!.code, 4490);
  const last = client.events.at(-1)!;
  assert.deepEqual(client.messages.find(({ type }) => type === "ping")?.payload?.closing?.cursors, { slow: last.cursor });
  assert.equal(client.closed!.reason, last.cursor);
  const again = await RawClient.open(t.url);
  again.subscribe("slow", last.cursor);
  await again.until(() => again.events.at(-1)?.seq === seqs.at(-1));
  const told = [...client.events, ...again.events].map(({ seq }) => seq);
  assert.deepEqual(told, [mark!, ...seqs].filter((seq) => BigInt(seq) >= BigInt(told[0]!)));
  again.cut();
});
