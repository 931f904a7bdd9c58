import { randomUUID } from "node:crypto";
import type { GraphQLSchema } from "graphql";
import { createContext, type ApiContext } from "../context.js";
import type { ApiDeps } from "../deps.js";
import { formatError } from "../errors/format-error.js";
import { ruleOf } from "../rules/enforce-rules.js";
import type { Connection } from "./connection.js";
import { advanced, keysOf, type Entry, type Place } from "./entry.js";
import { framesOf, Group } from "./group.js";
import { declaredLive, type LiveQuery, type Step } from "./live-query.js";
import { Member, type Home } from "./member.js";
import { readRootField, type LiveOperation } from "./operation.js";
import { readNext } from "./read-next.js";
import { toSubscriptionError } from "./to-subscription-error.js";

interface Shared extends Home {
  group: Group;
  /** The one copy of it: each subscription reads a text of its own, which would stay with it. */
  key: string;
  /** Of subscriptions that joined or replay. */
  users: number;
  /** Stops listening to the feeds. */
  close: () => void;
}

/** Gives each subscription to the group of those who asked for the same. */
export class FanOut {
  readonly #deps: ApiDeps;
  readonly #schema: GraphQLSchema;
  readonly #groups = new Map<string, Promise<Shared>>();

  constructor(deps: ApiDeps, schema: GraphQLSchema) {
    this.#deps = deps;
    this.#schema = schema;
  }

  /** Distinct subscriptions that are told now. */
  get groupCount(): number {
    return this.#groups.size;
  }

  /** @returns a subscription that is told nothing before it begins. @throws AppError, GraphQLError: why it cannot */
  async attach(connection: Connection, id: string, operation: LiveOperation): Promise<Member> {
    const root = readRootField(operation);
    const source = declaredLive(root.field.extensions);
    if (!source) throw new Error(`${root.field.name} says not what it tells: see api/live/live-query.ts.`);
    const { admit } = ruleOf(this.#schema.getSubscriptionType()!, root.field);
    const context = createContext(this.#deps, connection.caller);
    await admit?.(context, undefined);
    const query = await source(this.#deps, root.args, context);
    const shared = await this.#enter(root.key, operation, query, admit ? (of) => admit(of, undefined) : null);
    try {
      const now = this.#now(shared.group);
      const { place, snapshot } = await shared.group.query.begin(root.after);
      return new Member(connection, id, shared, (member) => void this.#replay(shared.group, member, snapshot, place ?? now));
    } catch (error) {
      this.#leave(shared);
      throw error;
    }
  }

  /** Ends the subscriptions of those who lost their right without an event that says so. */
  async admit(): Promise<void> {
    for (const { group } of await Promise.all(this.#groups.values())) await group.admit();
  }

  /** Tells the snapshot, then what the tables have after it, until the group is reached; from there on the group tells. */
  async #replay(group: Group, member: Member, snapshot: readonly unknown[], from: Place): Promise<void> {
    const { connection, id } = member;
    const { query } = group;
    const isOver = (): boolean => member.isOver || !connection.isOpen;
    const tell = async (message: unknown): Promise<void> => {
      await connection.drained();
      if (isOver()) return;
      const body = await group.bodyOf(message, connection.viewer, () => !isOver());
      if (isOver()) return;
      member.cursor = query.cursorOf(message) ?? member.cursor;
      connection.send(framesOf(id, [body]), member);
      if (query.isLast?.(message)) member.end();
    };
    try {
      for (const message of snapshot) await tell(message);
      let place = from;
      while (query.isState) {
        if (isOver() || group.join(member, place)) return;
        // It changed while it was told: the newest state once more.
        place = this.#now(group);
        for (const message of (await query.begin(null)).snapshot) await tell(message);
      }
      while (!isOver() && !group.join(member, place)) {
        const { entries } = await readNext(this.#deps.database, query.lanes, place);
        const steps: Step[] = [];
        for (const entry of entries) {
          const before = place;
          place = advanced(place, entry);
          if (concerns(query, entry)) steps.push({ entry, before, place });
        }
        for (const message of await query.map(steps)) if (message !== null) await tell(message);
      }
    } catch (error) {
      member.end(toSubscriptionError(error));
    }
  }

  /** What was committed up to now, and told to others, is not new. Taken before a state is read: what changes meanwhile is told. */
  #now(group: Group): Place {
    return ahead(this.#deps.live.place, group.place);
  }

  async #enter(key: string, operation: LiveOperation, query: LiveQuery, admit: ((context: ApiContext) => void | Promise<void>) | null): Promise<Shared> {
    let entered = this.#groups.get(key);
    if (!entered) {
      entered = this.#open(key, operation, query, admit);
      this.#groups.set(key, entered);
      entered.catch(() => this.#groups.delete(key));
    }
    const shared = await entered;
    // It may have been left by its last user while we waited.
    if (this.#groups.get(key) !== entered) return this.#enter(key, operation, query, admit);
    shared.users++;
    return shared;
  }

  async #open(key: string, operation: LiveOperation, query: LiveQuery, admit: ((context: ApiContext) => void | Promise<void>) | null): Promise<Shared> {
    const early: Entry[] = [];
    let push = (entries: readonly Entry[]): void => void early.push(...entries);
    const { place, forget } = await this.#deps.live.listen({ lanes: query.lanes, keys: query.keys, push: (entries) => push(entries) });
    const group = new Group({ deps: this.#deps, operation, query, place, admit });
    push = (entries) => group.push(entries);
    push(early);
    const shared: Shared = {
      group,
      key,
      users: 0,
      close: forget,
      replay: (member, from) => void this.#replay(group, member, [], from),
      forget: (member) => {
        group.members.delete(member);
        this.#leave(shared);
      },
      finish: ({ connection, id }, error) => connection.finish(id, error && [formatError(error, { requestId: randomUUID(), log: this.#deps.log })]),
    };
    return shared;
  }

  #leave(shared: Shared): void {
    if (--shared.users > 0) return;
    shared.close();
    this.#groups.delete(shared.key);
  }
}

const concerns = ({ keys }: LiveQuery, entry: Entry): boolean => keys === null || entry.lane === "chain" || keysOf(entry).some((key) => keys.includes(key));

/** The farther of two places, feed by feed. */
const ahead = (a: Place, b: Place): Place => ({ head: max(a.head, b.head), final: max(a.final, b.final), activity: max(a.activity, b.activity), chain: max(a.chain, b.chain) });
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
