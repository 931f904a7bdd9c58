import type { EventName, MarketEvent } from "./event-types.js";
import type { Change, State } from "./rows.js";

/** Why an event that was read cannot be applied: the contract and the tables disagree, or an event is missing. */
export type InvalidReason =
  | "LISTING_EXISTS"
  | "LISTING_UNKNOWN"
  | "LISTING_STATUS"
  | "ORDER_EXISTS"
  | "ORDER_UNKNOWN"
  | "ORDER_STATUS"
  | "PARTICIPANT_UNKNOWN"
  | "DISPUTE_UNKNOWN"
  | "DISPUTE_STATUS"
  | "RING_EXISTS"
  | "RING_UNKNOWN"
  | "RING_STATUS"
  | "RING_MALFORMED"
  | "MARKET_STATUS"
  | "ANCHOR_EXISTS"
  | "ASSIGNMENT_EXISTS"
  | "ASSIGNMENT_UNKNOWN"
  | "ASSIGNMENT_STATUS"
  | "OUT_OF_RANGE";

/** The things that an event speaks of; the feed can be filtered by them. */
export interface Subjects {
  readonly listingId?: string | undefined;
  readonly orderId?: string | undefined;
  readonly account?: string | undefined;
}

/** Keys of the things whose state a mapping asks for: loaded in bulk before the mappings run. */
export interface Reads {
  readonly listing?: string;
  readonly order?: string;
  readonly participant?: string;
  readonly auditorSlot?: number;
  readonly anchor?: bigint;
  /** Its order's id. */
  readonly dispute?: string;
  readonly ring?: string;
  readonly market?: true;
  /** Its listing's id. */
  readonly assignment?: string;
}

/**
 * One event → row changes. Pure: no clock, network or queue, and money is bigint, so that a re-org replays it exactly.
 * A mapping sees the state as all events before it left it, those of the same block included.
 */
export interface Mapping<Name extends EventName> {
  readonly reads: (args: MarketEvent<Name>["args"]) => Reads;
  readonly subjects: (args: MarketEvent<Name>["args"], state: State) => Subjects;
  readonly apply: (event: MarketEvent<Name>, state: State) => readonly Change[] | InvalidReason;
}

/** An event that is told in the feed and changes no row. */
export function feedOnly<Name extends EventName>(): Mapping<Name> {
  return { reads: () => ({}), subjects: () => ({}), apply: () => [] };
}
