import { unpackListing } from "../schema/unpack-listing.js";
import type { EventArgs, EventName, LogArgs, LogName } from "./event-types.js";

/** An event without its place. */
export type ToldEvent = { readonly [Name in EventName]: { readonly name: Name; readonly args: EventArgs<Name> } }[EventName];

/** As many as an outcome's mask has bits. */
const maxAuditors = 32;
/** Numbers of `ListingStatus` in the contract. */
const status = { pending: 1, approved: 2, rejected: 3, last: 4 } as const;

/**
 * What a decoded log tells: itself, with what is packed taken apart; for votes by signature, each vote and each decision.
 * @returns undefined if it contradicts itself: then it is none of the contract's.
 */
export function toldEvents(name: LogName, args: unknown): readonly ToldEvent[] | undefined {
  if (name === "Listed") return listed(args as LogArgs<"Listed">);
  if (name === "Purchased") return purchased(args as LogArgs<"Purchased">);
  if (name === "VotesCounted") return votesCounted(args as LogArgs<"VotesCounted">);
  return [{ name, args } as ToldEvent];
}

function listed({ listingId, provider, listing }: LogArgs<"Listed">): readonly ToldEvent[] | undefined {
  const unpacked = unpackListing(provider, listing);
  if (!unpacked) return undefined;
  const { terms, offer } = unpacked;
  return [{ name: "Listed", args: { listingId, provider, dataKind: terms.dataKind, terms, offer } }];
}

/** `sale` is price (64 bits, lowest) | purpose (32) | deliverBy (40). */
function purchased({ orderId, listingId, buyer, sale, salt, recipientCommitment }: LogArgs<"Purchased">): readonly ToldEvent[] | undefined {
  if (sale >> 136n !== 0n) return undefined;
  const price = BigInt.asUintN(64, sale);
  return [{ name: "Purchased", args: { orderId, listingId, buyer, salt, recipientCommitment, price, purpose: Number(BigInt.asUintN(32, sale >> 64n)), deliverBy: sale >> 96n } }];
}

/** `outcomes` are five bytes a listing: its status, and a mask of the auditors whose votes counted. */
function votesCounted({ approve, reason, auditors, listingIds, outcomes }: LogArgs<"VotesCounted">): readonly ToldEvent[] | undefined {
  const bytes = Buffer.from(outcomes.slice(2), "hex");
  if (bytes.length !== 5 * listingIds.length || auditors.length > maxAuditors) return undefined;
  const told: ToldEvent[] = [];
  for (const [index, listingId] of listingIds.entries()) {
    const after = bytes.readUInt8(5 * index);
    const counted = bytes.readUInt32BE(5 * index + 1);
    if (after > status.last || counted >= 2 ** auditors.length) return undefined;
    if (counted === 0) continue;
    const decided = approve ? status.approved : status.rejected;
    if (after !== status.pending && after !== decided) return undefined;
    for (const [bit, auditor] of auditors.entries()) {
      if ((counted >>> bit) & 1) told.push({ name: "Voted", args: { listingId, auditor, approve, reason } });
    }
    if (after === decided) told.push({ name: approve ? "Approved" : "Rejected", args: { listingId } });
  }
  return told;
}
