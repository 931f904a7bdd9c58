import { setTimeout as wait } from "node:timers/promises";
import type { ExecutionResult } from "graphql";
import type { Viewer } from "../auth/viewer.js";
import type { ApiContext } from "../context.js";
import type { ApiDeps } from "../deps.js";
import { formatError } from "../errors/format-error.js";
import { toTypedError } from "../errors/to-typed-error.js";
import { advanced, covers, type Entry, type Place } from "./entry.js";
import type { LiveQuery, Step } from "./live-query.js";
import type { Member } from "./member.js";
import { contextFor } from "./context-for.js";
import { executeFor, type LiveOperation } from "./operation.js";
import { textFrame } from "./text-frame.js";
import { toSubscriptionError } from "./to-subscription-error.js";
import { trackedContext } from "./tracked-context.js";

/** Entries taken through at once. */
const batchSize = 64;
/** Pause before what failed for a passing reason is tried again, in ms; and how often for one that may not pass. */
const retryMs = 200;
const unforeseenTries = 3;

/** A message as it is written. */
interface Made {
  readonly entry: Entry;
  readonly cursor: string | null;
  readonly isLast: boolean;
  /** The same for everybody, or by viewer: without those who joined after it was made, with a viewer that nobody had. */
  readonly body: Buffer | ReadonlyMap<string, Buffer>;
}

/** All subscriptions to the same: each message is made once, and once for each viewer only where who is signed in matters. */
export class Group {
  readonly members = new Set<Member>();
  readonly query: LiveQuery;
  readonly #operation: LiveOperation;
  readonly #deps: ApiDeps;
  readonly #admit: ((context: ApiContext) => void | Promise<void>) | null;
  readonly #queue: Entry[] = [];
  #place: Place;
  #isRunning = false;
  /** Set once a result turned out to depend on who is signed in. */
  #isPersonal = false;

  /** @param options.admit - asked for each viewer before each batch. */
  constructor(options: { deps: ApiDeps; operation: LiveOperation; query: LiveQuery; place: Place; admit: ((context: ApiContext) => void | Promise<void>) | null }) {
    this.#deps = options.deps;
    this.#operation = options.operation;
    this.query = options.query;
    this.#place = options.place;
    this.#admit = options.admit;
  }

  /** Up to where it told its members. */
  get place(): Place {
    return this.#place;
  }

  /** @returns false if the group is ahead: there is more to replay first. */
  join(member: Member, at: Place): boolean {
    if (!covers(at, this.#place, this.query.lanes)) return false;
    member.ahead = covers(this.#place, at, this.query.lanes) ? null : at;
    this.members.add(member);
    return true;
  }

  push(entries: readonly Entry[]): void {
    this.#queue.push(...entries);
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run();
  }

  /** Ends those who may no longer see it. Also to be called now and then: an accreditation can end without any event. */
  async admit(): Promise<void> {
    if (!this.#admit) return;
    for (const [viewer, members] of byViewer(this.members)) {
      try {
        await this.#admit(contextFor(this.#deps, viewer));
      } catch (error) {
        // Whether they may see it cannot be told now: nothing is told meanwhile, and nothing ended.
        if (toTypedError(error).retryable) throw error;
        for (const member of members) member.end(toSubscriptionError(error));
      }
    }
  }

  /** One message for one subscriber who replays. */
  async bodyOf(message: unknown, viewer: Viewer | null, isWanted: () => boolean): Promise<Buffer> {
    return this.#serialise(await this.#execute(message, contextFor(this.#deps, viewer), isWanted));
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const taken = this.#queue.splice(0, batchSize);
      for (let attempt = 1; ; attempt++) {
        try {
          await this.admit();
          await this.#tell(taken);
          break;
        } catch (error) {
          // Nothing of this batch was written yet.
          this.#deps.log.warn({ error }, "a subscription's entries could not be read; tried again shortly");
          const { code } = toTypedError(error);
          if (code === "INTERNAL" && attempt >= unforeseenTries) {
            for (const member of [...this.members]) member.end(toSubscriptionError(error));
            break;
          }
          await wait(retryMs);
        }
      }
    }
    this.#isRunning = false;
  }

  async #tell(entries: readonly Entry[]): Promise<void> {
    const steps: Step[] = [];
    let place = this.#place;
    for (const entry of entries) {
      const before = place;
      place = advanced(place, entry);
      steps.push({ entry, before, place });
    }
    const asked = this.query.isState ? steps.slice(-1) : steps;
    const messages = await this.query.map(asked);
    const made: Made[] = [];
    for (const [index, message] of messages.entries()) if (message !== null) made.push(await this.#make(asked[index]!.entry, message));
    // From here on nothing waits: what is written and where the group stands change together.
    this.#write(made);
    this.#place = place;
    for (const member of this.members) if (member.ahead && covers(place, member.ahead, this.query.lanes)) member.ahead = null;
  }

  async #make(entry: Entry, message: unknown): Promise<Made> {
    const about = { entry, cursor: this.query.cursorOf(message), isLast: this.query.isLast?.(message) ?? false };
    if (!this.#isPersonal) {
      const { context, wasViewerAsked } = trackedContext(this.#deps, null);
      const result = await this.#execute(message, context);
      if (!wasViewerAsked()) {
        return { ...about, body: this.#serialise(result) };
      }
      this.#isPersonal = true;
    }
    const bodies = new Map<string, Buffer>();
    const make = async (viewer: Viewer | null): Promise<Buffer> => this.#serialise(await this.#execute(message, contextFor(this.#deps, viewer)));
    for (const [viewer] of byViewer(this.members)) bodies.set(viewerKey(viewer), await make(viewer));
    return { ...about, body: bodies };
  }

  /** Thousands of members: what is the same for all is looked at once, and one frame is written to all who gave the subscription the same id. */
  #write(made: readonly Made[]): void {
    const last = made.at(-1);
    if (!last) return;
    const shared = made.flatMap(({ body }) => (Buffer.isBuffer(body) ? [body] : []));
    const isShared = shared.length === made.length;
    const ends = made.some(({ isLast }) => isLast);
    let memo: { id: string; frame: Buffer } | undefined;
    for (const member of this.members) {
      if (!isShared || member.ahead !== null) {
        this.#writeOwn(member, made);
        continue;
      }
      if (memo?.id !== member.id) memo = { id: member.id, frame: framesOf(member.id, shared) };
      member.cursor = last.cursor ?? member.cursor;
      member.connection.send(memo.frame, member);
      if (ends) member.end();
    }
  }

  /** Of a message that differs by viewer, or to one who was told a part of it by replaying. */
  #writeOwn(member: Member, made: readonly Made[]): void {
    const due = made.filter(({ entry }) => member.ahead === null || entry.seq > member.ahead[entry.lane]);
    if (due.length === 0) return;
    const key = viewerKey(member.connection.viewer);
    const bodies = due.flatMap(({ body }) => (Buffer.isBuffer(body) ? body : (body.get(key) ?? [])));
    if (bodies.length < due.length) {
      // It is told by replaying what it lacks.
      this.members.delete(member);
      member.replay(member.ahead ?? this.#place);
      return;
    }
    member.cursor = due.at(-1)!.cursor ?? member.cursor;
    member.connection.send(framesOf(member.id, bodies), member);
    if (due.some(({ isLast }) => isLast)) member.end();
  }

  /** Executes for a message; again where the reason passes, since the message would be lost otherwise. */
  async #execute(message: unknown, context: ApiContext, isWanted = () => this.members.size > 0): Promise<ExecutionResult> {
    for (let attempt = 1; ; attempt++) {
      const result = await executeFor(this.#operation, message, context);
      const codes = (result.errors ?? []).map((error) => toTypedError(error.originalError ?? error)).filter(({ retryable }) => retryable).map(({ code }) => code);
      const passes = codes.some((code) => code !== "INTERNAL");
      if (codes.length === 0 || (!passes && attempt >= unforeseenTries) || !isWanted()) return result;
      await wait(retryMs);
      Object.assign(context, { loaders: contextFor(this.#deps, null).loaders, related: new Map() });
    }
  }

  #serialise({ data, errors, extensions }: ExecutionResult): Buffer {
    const { requestId } = contextFor(this.#deps, null);
    const payload = {
      ...(data === undefined ? {} : { data }),
      ...(errors ? { errors: errors.map((error) => formatError(error, { requestId, log: this.#deps.log })) } : {}),
      extensions: { ...extensions, chain: this.#deps.freshness.recent() },
    };
    return Buffer.from(`${JSON.stringify(payload)}}`);
  }
}

export const framesOf = (id: string, bodies: readonly Buffer[]): Buffer => {
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const frames = bodies.map((body) => textFrame(head, body));
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames);
};

const viewerKey = (viewer: Viewer | null): string => (viewer === null ? "" : `${viewer.account}|${viewer.apiKey?.scope ?? ""}`);

function byViewer(members: Iterable<Member>): [Viewer | null, Member[]][] {
  const found = new Map<string, [Viewer | null, Member[]]>();
  for (const member of members) {
    const { viewer } = member.connection;
    const key = viewerKey(viewer);
    const entry = found.get(key);
    if (entry) entry[1].push(member);
    else found.set(key, [viewer, [member]]);
  }
  return [...found.values()];
}
