import type { Backend } from "./backend/backend.js";
import { concat, fromHex, toHex, utf8 } from "./bytes.js";
import { canonicalJson } from "./canonical-json.js";

/** One read of a record, as the access log tells it. Absent facts are null, never left out. */
export interface AccessEntry {
  /** Number in the log, from 1, without gaps. Decimal. */
  readonly seq: string;
  /** ISO 8601 in UTC with milliseconds: `Date.toISOString()`. */
  readonly at: string;
  readonly account: string | null;
  readonly action: string;
  readonly outcome: string;
  readonly grantId: string | null;
  readonly listingId: string | null;
  readonly orderId: string | null;
  /** First and last byte served. Decimal. */
  readonly firstByte: string | null;
  readonly lastByte: string | null;
  /** 16 random bytes in hex. Hashes are public, and the rest could be guessed: without it nobody finds a record by its hash. Null in records of version 1. */
  readonly salt: string | null;
}

const domains = { unsalted: utf8("galen/v1/access-record\n"), salted: utf8("galen/v2/access-record\n") };

/** The hash before the first record. */
export const accessGenesis = `0x${"0".repeat(64)}`;

/** @returns the RFC 8785 bytes of an entry's fields, others left out; without a salt, those of version 1. */
export function encodeAccessEntry(entry: AccessEntry): Uint8Array {
  const { seq, at, account, action, outcome, grantId, listingId, orderId, firstByte, lastByte, salt } = entry;
  return canonicalJson({ seq, at, account, action, outcome, grantId, listingId, orderId, firstByte, lastByte, ...(salt === null ? {} : { salt }) });
}

/**
 * SHA-256 over the hash before and the entry: changing, dropping or inserting one changes all that follow.
 * @param previousHash - `0x…` of the record before, or {@link accessGenesis}.
 * @returns `0x` and 64 digits; a batch takes it as its leaf.
 */
export const accessRecordHash = (backend: Backend, previousHash: string, entry: AccessEntry): string =>
  toHex(backend.sha256(concat(entry.salt === null ? domains.unsalted : domains.salted, fromHex(previousHash, 32), encodeAccessEntry(entry))));
