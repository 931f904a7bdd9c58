import { WebSocket } from "ws";
import type { Connection } from "./connection.js";

/** A WebSocket as graphql-ws takes it, with what belongs to it: handlers find all of it here, and are the same for every socket. */
export class LiveSocket extends WebSocket {
  declare connection: Connection;
  /** graphql-ws's handler of messages. */
  declare handle: (message: string) => Promise<void>;
  /** Tells graphql-ws that it was closed. */
  declare closed: (code: number, reason: string) => Promise<void>;

  onMessage(handle: (message: string) => Promise<void>): void {
    this.handle = handle;
  }
}
