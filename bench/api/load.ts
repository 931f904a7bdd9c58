import { connect, type Socket } from "node:net";

export interface Load {
  readonly perSecond: number;
  /** Of a request, in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly requests: number;
  /** Answers that were no 200, or said errors. */
  readonly failed: number;
}

/** @returns the bytes of a request. */
export const requestOf = (body: object): Buffer => {
  const json = JSON.stringify(body);
  return Buffer.from(`POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\naccept: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
};

/**
 * Asks over connections that stay open, each one request at a time, in turns through the requests. Answers are told apart, not parsed: the
 * generator shares the cores with those who are measured.
 */
export async function load(port: number, requests: readonly Buffer[], connections: number, seconds: number): Promise<Load> {
  const times: number[] = [];
  let failed = 0;
  let next = 0;
  const began = performance.now();
  const end = began + seconds * 1000;
  const one = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      let sent = 0;
      let held: Buffer = Buffer.alloc(0);
      const send = (): void => {
        sent = performance.now();
        socket.write(requests[next++ % requests.length]!);
      };
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("The server closed the connection.")));
      socket.on("data", (chunk) => {
        held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
        const length = answerLength(held);
        if (length === null || held.length < length) return;
        times.push(performance.now() - sent);
        if (!held.subarray(0, 15).includes(" 200 ") || held.subarray(0, length).includes('"errors":')) failed++;
        held = held.subarray(length);
        if (performance.now() < end) send();
        else {
          socket.removeAllListeners("close");
          socket.end();
          resolve();
        }
      });
      send();
    });
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, "127.0.0.1");
      socket.setNoDelay(true);
      await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
      await one(socket);
    }),
  );
  const took = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const share = (part: number): number => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? NaN;
  return { perSecond: times.length / took, p50: share(0.5), p99: share(0.99), requests: times.length, failed };
}

/** @returns the length of the first answer, with its head; null while it cannot be told yet. */
function answerLength(bytes: Buffer): number | null {
  const head = bytes.indexOf("\r\n\r\n");
  if (head < 0) return null;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString("latin1", 0, head + 2));
  if (length) return head + 4 + Number(length[1]);
  // In chunks: the last one is empty.
  const last = bytes.indexOf("\r\n0\r\n\r\n", head + 2);
  return last < 0 ? null : last + 7;
}
