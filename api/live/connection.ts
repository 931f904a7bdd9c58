import type { Duplex } from "node:stream";
import type { GraphQLFormattedError } from "graphql";
import type { Context } from "graphql-ws";
import type { WebSocket } from "ws";
import { nobody, type Caller, type Viewer } from "../auth/viewer.js";
import { closeCodes } from "./close-codes.js";
import { Member } from "./member.js";

/** Bytes that may wait for a slow reader of one connection, beyond what the kernel takes. */
const bufferLimit = 1 << 20;
/** A replay waits while more than this waits already. */
const replayLimit = 64 << 10;
/** Longest reason that a close frame holds, in bytes. */
const reasonLimit = 123;
/** An empty one (RFC 6455 §5.5.2), the same for all. */
const pingFrame = Buffer.from([0x89, 0]);

/** One client's socket, with what it subscribed to. */
export class Connection {
  /** Whom it speaks for; nobody before its init. */
  caller: Caller = nobody;
  /** Which of the pings' slices it is in. */
  slice = 0;
  /** False once nothing more may be sent. */
  isOpen = true;
  /** Whether it answered the last ping. */
  isAlive = true;
  /** All its operations, by the client's ids, as graphql-ws keeps them. */
  protocol: Pick<Context, "subscriptions"> = { subscriptions: {} };
  readonly client: string;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;

  /** @param client - whom its connections are counted for */
  constructor(ws: WebSocket, socket: Duplex, client: string) {
    this.#ws = ws;
    this.#socket = socket;
    this.client = client;
  }

  get viewer(): Viewer | null {
    return this.caller.viewer;
  }

  get members(): Member[] {
    return Object.values(this.protocol.subscriptions).filter((each) => each instanceof Member);
  }

  /** Frames go past `ws`, which would make one for each receiver; it writes its own at once, so the order holds. */
  send(frame: Buffer, member: Member): void {
    if (!this.isOpen) return;
    // Only then does more than a little wait.
    if (!this.#socket.write(frame) && this.#socket.writableLength > bufferLimit) this.close(closeCodes.slowConsumer, "too slow", [member]);
  }

  /** Tells that a subscription ended: that nothing more comes, or why. */
  finish(id: string, errors: readonly GraphQLFormattedError[] | undefined): void {
    delete this.protocol.subscriptions[id];
    if (this.isOpen) this.#ws.send(JSON.stringify(errors ? { id, type: "error", payload: errors } : { id, type: "complete" }));
  }

  /** Resolves when a replay may go on. Also when the socket is gone: ask `isOpen`. */
  async drained(): Promise<void> {
    while (this.isOpen && this.#socket.writableLength > replayLimit) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#socket.off("drain", done);
          this.#socket.off("close", done);
          resolve();
        };
        this.#socket.once("drain", done);
        this.#socket.once("close", done);
      });
    }
  }

  ping(): void {
    this.isAlive = false;
    if (this.isOpen) this.#socket.write(pingFrame);
  }

  terminate(): void {
    this.#ws.terminate();
  }

  /**
   * Tells the cursors to resume from, then closes: `{"type":"ping","payload":{"closing":{code, reason, cursors: {id: cursor}}}}`. With one cursor the close reason
   * is that cursor.
   */
  close(code: number, reason: string, members: readonly Member[] = this.members): void {
    if (!this.isOpen) return;
    const cursors = Object.fromEntries(members.flatMap(({ id, cursor }) => (cursor === null ? [] : [[id, cursor]])));
    const [only, ...others] = Object.values(cursors);
    this.#ws.send(JSON.stringify({ type: "ping", payload: { closing: { code, reason, cursors } } }));
    this.isOpen = false;
    this.#ws.close(code, only !== undefined && others.length === 0 && only.length <= reasonLimit ? only : reason);
  }
}
