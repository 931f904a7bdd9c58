import { listingFields, type Listing } from "./market.js";
import { operation } from "./operation.js";

/** An auditor's hold of one slot of a pending listing. */
export interface AuditClaim {
  listingId: string;
  slot: number;
  auditor: string;
  /** Fencing token. */
  token: string;
  claimedAt: string;
  expiresAt: string;
}

const claim = "{ listingId slot auditor token claimedAt expiresAt }";

/** Why a listing's records may be offered; the document is fetched by `fetchEvidence`. */
export interface LegalEvidence {
  basis: string | null;
  words: string;
  mediaType: string;
  size: string;
  stored: boolean;
}

export const listingEvidence = operation<{ listing: { status: string; terms: { legalEvidenceHash: string }; legalEvidence: LegalEvidence | null } | null }, { id: string }>(
  `query ListingEvidence($id: ID!) { listing(id: $id) { status terms { legalEvidenceHash } legalEvidence { basis words mediaType size stored } } }`,
);

/** What a check of a record set found. */
export interface Check {
  name: string;
  outcome: "PASSED" | "FAILED" | "UNAVAILABLE";
  blocking: boolean;
  /** PROVIDER: the word of who uploaded it in client-side mode; it was not recomputed. */
  attestedBy: "PLATFORM" | "PROVIDER";
  evidence: unknown;
}

/** Checks and report, with whose word they are. */
export const listingChecks = operation<{ listing: { uploadMode: "PLATFORM" | "CLIENT_SIDE" | null; report: unknown; checks: Check[] | null } | null }, { id: string }>(`query ListingChecks($id: ID!) { listing(id: $id) { uploadMode report checks { name outcome blocking attestedBy evidence } } }`);

export const claimAudit = operation<{ claimAudit: AuditClaim | null }, { listingId?: string; slot?: number; seconds?: number }>(
  `mutation ClaimAudit($listingId: ID, $slot: Int, $seconds: Int) { claimAudit(listingId: $listingId, slot: $slot, seconds: $seconds) ${claim} }`,
);

export const renewClaim = operation<{ renewClaim: AuditClaim }, { listingId: string; token: string; seconds?: number }>(
  `mutation RenewClaim($listingId: ID!, $token: BigInt!, $seconds: Int) { renewClaim(listingId: $listingId, token: $token, seconds: $seconds) ${claim} }`,
);

export const releaseClaim = operation<{ releaseClaim: AuditClaim }, { listingId: string; token: string }>(
  `mutation ReleaseClaim($listingId: ID!, $token: BigInt!) { releaseClaim(listingId: $listingId, token: $token) ${claim} }`,
);

export interface AuditQueueChange {
  kind: "ADDED" | "UPDATED" | "REMOVED";
  cursor: string;
  listingId: string;
  /** Null when a re-org removed it. */
  listing: Listing | null;
  /** Who works on it, as of this change. */
  claims: AuditClaim[];
  /** What changed it; null in the snapshot. */
  cause: string | null;
  /** Number of the market's entry that a re-org took back. */
  retracts: string | null;
}

export const auditQueue = operation<{ auditQueue: AuditQueueChange }, { after?: string; where?: { dataKind?: string[]; region?: number[]; provider?: string[] } }>(
  `subscription AuditQueue($after: String, $where: AuditQueueFilter) { auditQueue(after: $after, where: $where) { kind cursor listingId cause retracts claims ${claim} listing { ${listingFields} } } }`,
);
