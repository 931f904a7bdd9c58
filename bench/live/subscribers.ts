/**
 * Thousands of subscribers in one process, on raw sockets that all read into one buffer, so that the measuring is cheap beside what is measured. Told by messages of the parent:
 * {open: {port, count, groups}} opens them, {begin: true} begins to count, {report: true} answers what came.
 */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

interface Order {
  open?: { port: number; count: number; groups: number; query: string };
  begin?: boolean;
  report?: boolean;
  close?: boolean;
}

let sockets: Socket[] = [];
let delays: number[] = [];
let received = 0;
let closed = 0;
let measuring = false;

const textFrame = (text: string): Buffer => {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 255]);
  // A mask of zeros leaves the bytes as they are.
  return Buffer.concat([head, Buffer.alloc(4), body]);
};
const nothing: Buffer = Buffer.alloc(0);
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
/** Each chunk is dealt with before the next is read, whosesoever it is. */
const chunks = Buffer.allocUnsafe(1 << 16);
const initFrame = textFrame('{"type":"connection_init"}');

/** Resolves once it is subscribed: its server answered to a ping that was sent after it. */
function open(port: number, subscribe: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread: { buffer: chunks, callback: (size) => read(chunks.subarray(0, size)) } });
    sockets.push(socket);
    let upgraded = false;
    let acknowledged = false;
    let rest = nothing;
    socket.write(
      `GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
    );
    socket.on("error", reject);
    socket.on("close", () => closed++);
    const read = (chunk: Buffer): boolean => {
      let data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      if (!upgraded) {
        const end = data.indexOf("\r\n\r\n");
        if (end < 0) {
          rest = Buffer.from(data);
          return true;
        }
        upgraded = true;
        data = data.subarray(end + 4);
        socket.write(initFrame);
      }
      const now = measuring ? Date.now() : 0;
      let at = 0;
      while (at + 2 <= data.length) {
        let length = data[at + 1]! & 127;
        let head = 2;
        if (length === 126) {
          if (at + 4 > data.length) break;
          length = data.readUInt16BE(at + 2);
          head = 4;
        }
        if (at + head + length > data.length) break;
        const kind = data[at]! & 15;
        if (kind === 9) socket.write(pong);
        else if (kind === 1 && !acknowledged) {
          acknowledged = true;
          socket.write(subscribe);
          resolve();
        } else if (kind === 1 && measuring) {
          // The payload says when it was sent.
          const mark = data.indexOf('"sentAt":', at + head) + 9;
          received++;
          delays.push(now - Number(data.toString("latin1", mark, mark + 13)));
        }
        at += head + length;
      }
      rest = at < data.length ? Buffer.from(data.subarray(at)) : nothing;
      return true;
    };
  });
}

process.on("message", (order: Order) => {
  void (async () => {
    if (order.open) {
      const { port, count, groups, query } = order.open;
      const frames = Array.from({ length: Math.max(1, groups) }, (_unused, group) =>
        textFrame(JSON.stringify({ id: "1", type: "subscribe", payload: { query, variables: groups > 0 ? { where: { name: [`Group${group}`] } } : {} } })),
      );
      for (let from = 0; from < count; from += 200) await Promise.all(Array.from({ length: Math.min(200, count - from) }, (_unused, index) => open(port, frames[(from + index) % frames.length]!)));
      process.send!({ opened: sockets.length });
    } else if (order.begin) {
      [delays, received, closed, measuring] = [[], 0, 0, true];
    } else if (order.report) {
      delays.sort((a, b) => a - b);
      const part = (share: number): number | null => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? null;
      process.send!({ received, closed, p50: part(0.5), p99: part(0.99) });
    } else if (order.close) {
      measuring = false;
      for (const socket of sockets) socket.destroy();
      sockets = [];
      process.send!({ closed: true });
    }
  })();
});
process.send!("ready");
