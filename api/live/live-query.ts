import { Extensions } from "type-graphql";
import type { ApiContext } from "../context.js";
import type { ApiDeps } from "../deps.js";
import type { Entry, Lane, Place } from "./entry.js";

/** Where a subscriber begins: what it is told at once, and the place after which entries are told. */
export interface Beginning<Message> {
  /** Null: from now on. */
  readonly place: Place | null;
  readonly snapshot: readonly Message[];
}

/** What a subscription with certain arguments tells. Knows no subscriber: it is shared by all who ask the same. */
export interface LiveQuery<Message = unknown> {
  readonly lanes: readonly Lane[];
  /** Index keys of what concerns it (`keysOf`); null: everything on its lanes. */
  readonly keys: readonly string[] | null;
  /** Told as the state that it is: of several entries at once only the last is shown. */
  readonly isState?: boolean;
  begin(after: string | null): Promise<Beginning<Message>>;
  /** What each entry means to it: a message, or null. `place` is where the subscription stands with the entry, and `before` where it stood. */
  map(entries: readonly Step[]): Promise<(Message | null)[]> | (Message | null)[];
  /** To resume after the message; null where a subscription always begins with the newest state. */
  readonly cursorOf: (message: Message) => string | null;
  /** Whether nothing can come after it. */
  readonly isLast?: (message: Message) => boolean;
}

export interface Step {
  readonly entry: Entry;
  readonly before: Place;
  readonly place: Place;
}

/** @throws AppError for arguments that are wrong, or not for this viewer. */
export type LiveSource<Args = never> = (deps: ApiDeps, args: Args, context: ApiContext) => LiveQuery | Promise<LiveQuery>;

const key = "live";

/** Declares beside a subscription what it tells. */
export const Live = <Args>(source: LiveSource<Args>): MethodDecorator => Extensions({ [key]: source });

/** @returns the declared source, or null. */
export const declaredLive = (extensions: Readonly<Record<string, unknown>>): LiveSource<unknown> | null => (extensions[key] as LiveSource<unknown> | undefined) ?? null;
