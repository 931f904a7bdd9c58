import type { Logger } from "../../platform/log.js";
import type { ApiDeps } from "../deps.js";
import { isApiKeyAlive } from "../auth/api-keys.js";
import { closeCodes } from "./close-codes.js";
import type { Connection } from "./connection.js";
import type { FanOut } from "./fan-out.js";
import { toSubscriptionError } from "./to-subscription-error.js";
import { AppError } from "../../schema/errors.js";

/** Between looks whether sessions and rights still hold, in ms: bounds how late an end without a notification is noticed. */
const checkEveryMs = 2_000;
/** Between two pings to a client, in ms; who did not answer the last is gone. They are spread over it: a message must not wait behind a thousand of them. */
const pingEveryMs = 15_000;
const sliceCount = 150;

/** All sockets of the process: keeps them alive, and ends what may no longer be. */
export class Connections {
  /** All of them, in as many parts as there are moments to ping at. */
  readonly #slices = Array.from({ length: sliceCount }, () => new Set<Connection>());
  readonly #byClient = new Map<string, number>();
  readonly #deps: ApiDeps;
  readonly #log: Logger;
  readonly #fanOut: FanOut;
  readonly #timers: NodeJS.Timeout[];
  #size = 0;
  #added = 0;
  #pinged = 0;
  #checking = false;

  /** @param keepAliveMs - between two pings to a client */
  constructor(deps: ApiDeps, fanOut: FanOut, keepAliveMs = pingEveryMs) {
    this.#deps = deps;
    this.#log = deps.log;
    this.#fanOut = fanOut;
    this.#timers = [setInterval(() => void this.#check(), checkEveryMs), setInterval(() => this.#pingSlice(), keepAliveMs / sliceCount)];
  }

  get size(): number {
    return this.#size;
  }

  add(connection: Connection): void {
    connection.slice = this.#added++ % sliceCount;
    this.#slices[connection.slice]!.add(connection);
    this.#size++;
    this.#byClient.set(connection.client, this.countOf(connection.client) + 1);
  }

  remove(connection: Connection): void {
    if (!this.#slices[connection.slice]!.delete(connection)) return;
    this.#size--;
    const left = this.countOf(connection.client) - 1;
    if (left > 0) this.#byClient.set(connection.client, left);
    else this.#byClient.delete(connection.client);
  }

  /** How many connections an address has. */
  countOf(client: string): number {
    return this.#byClient.get(client) ?? 0;
  }

  /** How many connections speak for an account. */
  countOfAccount(account: string): number {
    let count = 0;
    for (const { viewer } of this.#all()) if (viewer?.account === account) count++;
    return count;
  }

  endSession(id: string): void {
    for (const connection of this.#all()) if (connection.viewer?.sessionId === id) this.#end(connection);
  }

  /** Says goodbye to all, with the cursors to resume from. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const connection of this.#all()) connection.close(closeCodes.goingAway, "Going away");
  }

  terminate(): void {
    for (const connection of this.#all()) connection.terminate();
  }

  #end(connection: Connection): void {
    for (const member of connection.members) member.end(toSubscriptionError(new AppError("UNAUTHENTICATED", "The session or key has ended: sign in again.")));
    // The errors are written first.
    setImmediate(() => connection.close(closeCodes.unauthorized, "Unauthorized"));
  }

  async #check(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    try {
      const sessions = new Set<string>();
      // Programs' keys are few.
      const keys = new Map<string, Connection[]>();
      for (const connection of this.#all()) {
        const { viewer, client } = connection.caller;
        if (viewer?.sessionId) sessions.add(viewer.sessionId);
        if (client?.apiKeyId) keys.set(client.apiKeyId, [...(keys.get(client.apiKeyId) ?? []), connection]);
      }
      if (sessions.size > 0) {
        const rows = (await this.#deps.database.query("select id from app.session where id = any($1::uuid[]) and revoked_at is null and expires_at > now()", [[...sessions]])) as { id: string }[];
        for (const { id } of rows) sessions.delete(id);
        for (const id of sessions) this.endSession(id);
      }
      for (const [id, users] of keys) if (!(await isApiKeyAlive(this.#deps.database, id))) for (const connection of users) this.#end(connection);
      await this.#fanOut.admit();
    } catch (error) {
      this.#log.warn({ error }, "sessions could not be looked at; tried again shortly");
    } finally {
      this.#checking = false;
    }
  }

  #pingSlice(): void {
    for (const connection of this.#slices[this.#pinged++ % sliceCount]!) {
      if (connection.isAlive) connection.ping();
      else connection.terminate();
    }
  }

  *#all(): Generator<Connection> {
    for (const slice of this.#slices) yield* slice;
  }
}
