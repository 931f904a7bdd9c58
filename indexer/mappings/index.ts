import type { EventName } from "../event-types.js";
import { feedOnly, type Mapping } from "../mapping.js";
import { accessAnchored } from "./access-anchored.js";
import { accessTold } from "./access-told.js";
import { anonymouslyListed } from "./anonymously-listed.js";
import { approvalRevoked } from "./approval-revoked.js";
import { approved } from "./approved.js";
import { auditorsDrawn } from "./auditors-drawn.js";
import { authorityUpdated } from "./authority-updated.js";
import { committed } from "./committed.js";
import { consentNarrowed } from "./consent-narrowed.js";
import { delisted } from "./delisted.js";
import { delivered } from "./delivered.js";
import { disputeResolved } from "./dispute-resolved.js";
import { disputeVoted } from "./dispute-voted.js";
import { disputed } from "./disputed.js";
import { drawOpened } from "./draw-opened.js";
import { drawPostponed } from "./draw-postponed.js";
import { drawRequested } from "./draw-requested.js";
import { granted } from "./granted.js";
import { listed } from "./listed.js";
import { marketPausedUntil } from "./market-paused-until.js";
import { marketResumed } from "./market-resumed.js";
import { participantRegistered } from "./participant-registered.js";
import { participantRevoked } from "./participant-revoked.js";
import { purchased } from "./purchased.js";
import { refunded } from "./refunded.js";
import { rejected } from "./rejected.js";
import { repriced } from "./repriced.js";
import { revealed } from "./revealed.js";
import { ringRegistered } from "./ring-registered.js";
import { ringRevoked } from "./ring-revoked.js";
import { settled } from "./settled.js";
import { voted } from "./voted.js";
import { withdrawn } from "./withdrawn.js";

/** What each event of the ABI does. One that is missing here is told in the feed as UNMAPPED, and a test fails. */
export const mappings: { readonly [Name in EventName]?: Mapping<Name> } = {
  AccessAnchored: accessAnchored,
  AccessTold: accessTold,
  AnonymouslyListed: anonymouslyListed,
  ApprovalRevoked: approvalRevoked,
  Approved: approved,
  AuditorsDrawn: auditorsDrawn,
  AuthorityUpdated: authorityUpdated,
  Committed: committed,
  ConsentNarrowed: consentNarrowed,
  Delisted: delisted,
  Delivered: delivered,
  DisputeResolved: disputeResolved,
  DisputeVoted: disputeVoted,
  Disputed: disputed,
  DrawOpened: drawOpened,
  DrawPostponed: drawPostponed,
  DrawRequested: drawRequested,
  // Never emitted: the domain is immutable.
  EIP712DomainChanged: feedOnly(),
  Granted: granted,
  Listed: listed,
  MarketPausedUntil: marketPausedUntil,
  MarketResumed: marketResumed,
  ParticipantRegistered: participantRegistered,
  ParticipantRevoked: participantRevoked,
  Purchased: purchased,
  Refunded: refunded,
  Rejected: rejected,
  Repriced: repriced,
  Revealed: revealed,
  RingRegistered: ringRegistered,
  RingRevoked: ringRevoked,
  Settled: settled,
  Voted: voted,
  Withdrawn: withdrawn,
};
