import { classicSuite, defaultSuite } from "../../crypto/suite-names.js";

/** Enumerations of the API that are no codes of the chain. Their descriptions stand in `enums.ts`. */
export enum MetadataStatus {
  VERIFIED = "VERIFIED",
  MISSING = "MISSING",
  MISMATCH = "MISMATCH",
}

export enum UploadStatus {
  CREATED = "CREATED",
  RECEIVED = "RECEIVED",
  INGESTED = "INGESTED",
  DEIDENTIFIED = "DEIDENTIFIED",
  CHECKED = "CHECKED",
  PRICED = "PRICED",
  ENCRYPTED = "ENCRYPTED",
  STORED = "STORED",
  CONSENTED = "CONSENTED",
  SUBMITTED = "SUBMITTED",
  REFUSED = "REFUSED",
  FAILED = "FAILED",
  WITHDRAWN = "WITHDRAWN",
}

/** GraphQL's names of the suites of `crypto/suite-names`. */
export const WrappingSuite = { MLKEM768_X25519: defaultSuite, X25519: classicSuite } as const;

export enum ApplicationStatus {
  PENDING = "PENDING",
  REFUSED = "REFUSED",
  DECIDED = "DECIDED",
}

export enum CheckState {
  PASSED = "PASSED",
  FAILED = "FAILED",
  UNAVAILABLE = "UNAVAILABLE",
}

export enum CheckWitness {
  PLATFORM = "PLATFORM",
  PROVIDER = "PROVIDER",
}

export enum GrantKind {
  ORDER = "ORDER",
  AUDIT = "AUDIT",
  OWN = "OWN",
  EVIDENCE = "EVIDENCE",
}

export enum GrantStatus {
  REQUESTED = "REQUESTED",
  READY = "READY",
  FAILED = "FAILED",
  REVOKED = "REVOKED",
}

export enum EventOp {
  APPLY = "APPLY",
  REVERT = "REVERT",
}

export enum ChangeKind {
  ADDED = "ADDED",
  UPDATED = "UPDATED",
  REMOVED = "REMOVED",
}

export enum IndexStatus {
  SYNCING = "SYNCING",
  LIVE = "LIVE",
  DIVERGED = "DIVERGED",
}

export enum SortDirection {
  ASC = "ASC",
  DESC = "DESC",
}

export enum ListingOrderField {
  LISTED = "LISTED",
  CHANGED = "CHANGED",
  PRICE = "PRICE",
  PREDICTED_PRICE = "PREDICTED_PRICE",
  SALES = "SALES",
  DATA_KIND = "DATA_KIND",
  REGION = "REGION",
  RELEVANCE = "RELEVANCE",
}
