import type { RecordCheck } from "../../records/index.js";

/** Raised whenever a check is added, or its meaning changes: results of the versions before stay as they are. */
export const checkListVersion = 2;

/** The checks of a record set, and whether a failure stops the upload. */
export const checkList = {
  /** A second look at the output for the people of the source, and for what reads like an identifier. */
  "residual-identifiers": { blocking: true },
  /** The output parses as its format, by another parser where there is one, and has as many records as the report says. */
  "format-conformance": { blocking: true },
  /** The document is here, and has the hash of the listing's terms. */
  "legal-evidence": { blocking: true },
  /** The stored metadata has the hash that goes on the chain. */
  "metadata-hash": { blocking: true },
  /** Client-side mode: what was sent has the root and size that the provider signed, and the key fits its commitment. */
  "sealed-payload": { blocking: true },
  /** Nobody else uploaded the same bytes. (The same provider is refused before.) */
  "exact-duplicate": { blocking: false },
  /** No other set has nearly the same codes and values. */
  "near-duplicate": { blocking: false },
  /** At least half of what such records should fill is filled. */
  completeness: { blocking: false },
} as const satisfies Record<string, { blocking: boolean }>;

export type CheckName = keyof typeof checkList;

export interface CheckOutcome extends RecordCheck<CheckName> {
  /** Whose word it is; the platform's where nothing is said. */
  attestedBy?: "PLATFORM" | "PROVIDER";
}
