import type { EventName } from "../event-types.js";
import { feedOnly, type Mapping } from "../mapping.js";
import { accessAnchored } from "./access-anchored.js";
import { approvalRevoked } from "./approval-revoked.js";
import { approved } from "./approved.js";
import { consentNarrowed } from "./consent-narrowed.js";
import { delisted } from "./delisted.js";
import { delivered } from "./delivered.js";
import { disputed } from "./disputed.js";
import { granted } from "./granted.js";
import { listed } from "./listed.js";
import { participantRegistered } from "./participant-registered.js";
import { participantRevoked } from "./participant-revoked.js";
import { purchased } from "./purchased.js";
import { refunded } from "./refunded.js";
import { rejected } from "./rejected.js";
import { repriced } from "./repriced.js";
import { settled } from "./settled.js";
import { voted } from "./voted.js";
import { withdrawn } from "./withdrawn.js";

/** What each event of the ABI does. One that is missing here is told in the feed as UNMAPPED, and a test fails. */
export const mappings: { readonly [Name in EventName]?: Mapping<Name> } = {
  AccessAnchored: accessAnchored,
  AnonymouslyListed: feedOnly(({ listingId }) => ({ listingId })),
  ApprovalRevoked: approvalRevoked,
  Approved: approved,
  AuthorityUpdated: feedOnly(),
  ConsentNarrowed: consentNarrowed,
  Delisted: delisted,
  Delivered: delivered,
  // The order changes by Settled or Refunded, which follow in the same transaction.
  DisputeResolved: feedOnly(({ orderId }) => ({ orderId })),
  DisputeVoted: feedOnly(({ orderId, auditor }) => ({ orderId, account: auditor })),
  Disputed: disputed,
  EIP712DomainChanged: feedOnly(),
  Granted: granted,
  Listed: listed,
  MarketPausedUntil: feedOnly(),
  MarketResumed: feedOnly(),
  ParticipantRegistered: participantRegistered,
  ParticipantRevoked: participantRevoked,
  Purchased: purchased,
  Refunded: refunded,
  Rejected: rejected,
  Repriced: repriced,
  RingRegistered: feedOnly(),
  RingRevoked: feedOnly(),
  Settled: settled,
  Voted: voted,
  Withdrawn: withdrawn,
};
