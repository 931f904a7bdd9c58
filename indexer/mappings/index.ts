import type { EventName } from "../event-types.js";
import { feedOnly, type Mapping } from "../mapping.js";
import { accessAnchored } from "./access-anchored.js";
import { approvalRevoked } from "./approval-revoked.js";
import { approved } from "./approved.js";
import { consentNarrowed } from "./consent-narrowed.js";
import { delisted } from "./delisted.js";
import { delivered } from "./delivered.js";
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
  ApprovalRevoked: approvalRevoked,
  Approved: approved,
  AuthorityUpdated: feedOnly(),
  ConsentNarrowed: consentNarrowed,
  Delisted: delisted,
  Delivered: delivered,
  EIP712DomainChanged: feedOnly(),
  Listed: listed,
  MarketPausedUntil: feedOnly(),
  MarketResumed: feedOnly(),
  ParticipantRegistered: participantRegistered,
  ParticipantRevoked: participantRevoked,
  Purchased: purchased,
  Refunded: refunded,
  Rejected: rejected,
  Repriced: repriced,
  Settled: settled,
  Voted: voted,
  Withdrawn: withdrawn,
};
