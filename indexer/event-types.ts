import type { auditDrawAbi } from "../schema/abi/audit-draw.js";
import type { marketplaceAbi } from "../schema/abi/marketplace.js";
import type { ListingTerms } from "../schema/listing-terms.js";
import type { Offer } from "../schema/offer.js";

type Abi = (typeof marketplaceAbi)[number] | (typeof auditDrawAbi)[number];
type AbiEvent = Extract<Abi, { type: "event" }>;
interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly components?: readonly Parameter[];
}

/** uint8 to uint32 become numbers, wider ones bigint; addresses and bytes are lower-case 0x hex. */
type Value<P extends Parameter> = P["type"] extends `${infer Item}[]`
  ? readonly Value<{ readonly name: string; readonly type: Item; readonly components: NonNullable<P["components"]> }>[]
  : P["type"] extends "bool"
  ? boolean
  : P["type"] extends "uint8" | "uint16" | "uint32"
    ? number
    : P["type"] extends `uint${string}`
      ? bigint
      : P["type"] extends "tuple"
        ? Values<NonNullable<P["components"]>>
        : string;
type Values<Parameters extends readonly Parameter[]> = { readonly [P in Parameters[number] as P["name"]]: Value<P> };

/** Names of all events that our contracts declare. */
export type LogName = AbiEvent["name"];
/** A log's arguments, by the names of the ABI. */
export type LogArgs<Name extends LogName> = Values<Extract<AbiEvent, { name: Name }>["inputs"]>;

/** Names of the events that are told: a `VotesCounted` is told as the `Voted`, `Approved` and `Rejected` that it stands for. */
export type EventName = Exclude<LogName, "VotesCounted">;
/** An event's arguments: those of its log, with what is packed there taken apart. */
export type EventArgs<Name extends EventName> = Name extends "Listed"
  ? { readonly listingId: string; readonly provider: string; readonly dataKind: number; readonly terms: ListingTerms; readonly offer: Offer }
  : Name extends "Purchased"
    ? Omit<LogArgs<"Purchased">, "sale"> & { readonly price: bigint; readonly purpose: number; readonly deliverBy: bigint }
    : LogArgs<Name>;

/** Where on the chain something happened. */
export interface Position {
  readonly blockNumber: number;
  readonly blockHash: string;
  /** Of the block. */
  readonly blockTime: Date;
  readonly transactionHash: string;
  /** Position of its log in the block. */
  readonly logIndex: number;
  /** Number among the events that the log tells, from 0. */
  readonly logPart: number;
}

/** One event of our contracts, decoded. */
export interface MarketEvent<Name extends EventName = EventName> extends Position {
  readonly name: Name;
  readonly args: EventArgs<Name>;
}

/** A log of our contracts that is none of the ABI's events, or does not have its layout. */
export interface UnreadableEvent extends Position {
  readonly name: string;
  readonly args: null;
  readonly raw: { readonly topics: readonly string[]; readonly data: string };
  readonly reason: "UNKNOWN_EVENT" | "UNDECODABLE";
}
