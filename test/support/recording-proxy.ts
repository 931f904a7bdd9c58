import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface RecordingProxy {
  readonly url: string;
  /** All bytes that clients have sent through it. */
  sent(): Buffer;
  /** From now on passes everything to this port of the loopback. */
  lead(port: number): void;
  /** Breaks every connection once this many further bytes have come from clients. @returns when it is done */
  breakAfter(bytes: number): Promise<void>;
  /** Breaks every connection once a client sends this text, which does not arrive. @returns when it is done */
  breakAt(text: string): Promise<void>;
  stop(): Promise<void>;
}

/** A TCP proxy that keeps what clients send: whatever is not in it never left them. */
export async function recordingProxy(): Promise<RecordingProxy> {
  const kept: Buffer[] = [];
  const sockets = new Set<Socket>();
  let target = 0;
  let left = Number.POSITIVE_INFINITY;
  let stopAt: string | null = null;
  let broken: () => void = () => undefined;
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    }
    client.on("data", (bytes) => {
      kept.push(bytes);
      left -= bytes.length;
      if (left > 0 && (stopAt === null || !bytes.includes(stopAt))) return upstream.write(bytes);
      left = Number.POSITIVE_INFINITY;
      stopAt = null;
      for (const socket of sockets) socket.destroy();
      broken();
    });
    client.on("end", () => upstream.end());
    upstream.pipe(client);
    upstream.on("close", () => client.destroySoon());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => Buffer.concat(kept),
    lead: (port) => void (target = port),
    breakAfter: (bytes) =>
      new Promise((resolve) => {
        left = bytes;
        broken = resolve;
      }),
    breakAt: (text) =>
      new Promise((resolve) => {
        stopAt = text;
        broken = resolve;
      }),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
