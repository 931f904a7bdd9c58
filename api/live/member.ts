import type { GraphQLError } from "graphql";
import type { Connection } from "./connection.js";
import type { Place } from "./entry.js";

/** What a subscription belongs to: one for all members of a group. */
export interface Home {
  /** Reads the tables from there on before the member joins its group again. */
  replay(member: Member, from: Place): void;
  /** Tells it no longer. */
  forget(member: Member): void;
  /** Tells the client that it ended. */
  finish(member: Member, error: GraphQLError | undefined): void;
}

/**
 * One subscription of one connection. There are thousands, so it has no closures of its own. For graphql-ws it is the generator that would be read: what it does with
 * it is `return`, when the client completes it or is gone.
 */
export class Member implements AsyncIterableIterator<never, undefined> {
  readonly connection: Connection;
  /** The client's id of it. */
  readonly id: string;
  /** Where it stands, if that is ahead of its group. */
  ahead: Place | null = null;
  /** Of the last message written. */
  cursor: string | null = null;
  isOver = false;
  readonly #home: Home;
  #start: ((member: Member) => void) | null;

  /** @param start - tells it what there is at its beginning, and goes on; forgotten once it began */
  constructor(connection: Connection, id: string, home: Home, start: (member: Member) => void) {
    this.connection = connection;
    this.id = id;
    this.#home = home;
    this.#start = start;
  }

  begin(): void {
    const start = this.#start;
    this.#start = null;
    start?.(this);
  }

  /** Reads the tables from there on before it joins its group again. */
  replay(from: Place): void {
    this.#home.replay(this, from);
  }

  /** Ends it: with `complete`, or with an error. */
  end(error?: GraphQLError): void {
    if (this.isOver) return;
    void this.return();
    this.#home.finish(this, error);
  }

  /** The client needs to be told nothing: it has completed it, or is gone. */
  return(): Promise<IteratorReturnResult<undefined>> {
    if (!this.isOver) {
      this.isOver = true;
      this.#home.forget(this);
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  next(): Promise<IteratorReturnResult<undefined>> {
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
