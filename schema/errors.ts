/**
 * Every error code that may leave a process, with whether trying again can help.
 * `docs/errors.md` says the same (a test compares them); the API masks whatever is not in it.
 */
export const errorCodes = {
  // Input from outside
  BAD_INPUT: { retryable: false, meaning: "An argument is missing, malformed or out of range." },
  NOT_FOUND: { retryable: false, meaning: "No such thing, or none that you may see." },
  CONFLICT: { retryable: false, meaning: "The thing is not in the state that this step needs." },
  CURSOR_INVALID: { retryable: false, meaning: "The cursor was not issued by this API, or for another query." },
  PROOF_INVALID: { retryable: false, meaning: "A proof against the chain does not hold: something in it was changed, or is of another block or contract." },
  LIMIT_EXCEEDED: { retryable: false, meaning: "A documented limit (size, depth, count) was exceeded." },
  DOCUMENT_UNKNOWN: { retryable: false, meaning: "No operation with this hash is known: send its text once (PersistedQueryNotFound)." },
  DOCUMENT_NOT_TRUSTED: { retryable: false, meaning: "This API runs trusted documents alone, and this is none of them." },
  RATE_LIMITED: { retryable: true, meaning: "Too many requests; try again after the time named." },
  QUOTA_EXCEEDED: { retryable: true, meaning: "A quota of the account is used up; which, what is left and when there is more is named." },
  // Who you are
  UNAUTHENTICATED: { retryable: false, meaning: "Sign in first: no token, or one that is expired or revoked." },
  FORBIDDEN: { retryable: false, meaning: "You are signed in, but this is not yours to do or see." },
  SIGN_IN_INVALID: { retryable: false, meaning: "The signed message is malformed, not meant for this site, or its signature does not match." },
  NONCE_EXPIRED: { retryable: false, meaning: "The sign-in challenge is unknown, already used or expired; ask for a new one." },
  NOT_ACCREDITED: { retryable: false, meaning: "The account has no valid accreditation on the chain for this." },
  // Records
  FILE_EMPTY: { retryable: false, meaning: "The file has no bytes." },
  FILE_TOO_LARGE: { retryable: false, meaning: "The file is larger than the limit." },
  CHECKSUM_MISMATCH: { retryable: true, meaning: "The bytes that arrived are not those that were sent; nothing of the request was kept." },
  FORMAT_UNKNOWN: { retryable: false, meaning: "The content is none of the formats that Galen reads." },
  FORMAT_INVALID: { retryable: false, meaning: "The content is of a known format, but cannot be parsed entirely." },
  DEIDENTIFICATION_REFUSED: { retryable: false, meaning: "The record cannot be de-identified with certainty." },
  CHECK_FAILED: { retryable: false, meaning: "A check of the de-identified record set was not passed; which is named." },
  STATEMENT_INVALID: { retryable: false, meaning: "The statement of a client-side upload is missing or malformed, or does not fit what was sent; the field is named." },
  RULES_UNKNOWN: { retryable: false, meaning: "The record was de-identified by rules that this platform does not know: use the client of its version." },
  DUPLICATE_CONTENT: { retryable: false, meaning: "The same content was already uploaded by this provider." },
  // Market
  NOT_TRADABLE: { retryable: false, meaning: "The listing is not approved by the auditors, or no longer offered." },
  PURPOSE_NOT_ALLOWED: { retryable: false, meaning: "The listing's consent does not cover this purpose." },
  LINK_EXPIRED: { retryable: false, meaning: "The link's time is over; ask for a new one while the order allows it." },
  LINK_INVALID: { retryable: false, meaning: "The link was not issued by this platform, or was changed." },
  TX_REVERTED: { retryable: false, meaning: "The contract refused the transaction; the reason is named." },
  PRICE_INPUT_INVALID: { retryable: false, meaning: "A price feature is absurd; the field is named." },
  NOT_DRAWN: { retryable: false, meaning: "Other auditors were drawn for the listing, or none yet: `listing { assignment }` says who, and until when." },
  LEASE_LOST: { retryable: false, meaning: "The claim has ended, or the listing's slot is another auditor's by now: claim again." },
  // Cryptography
  SUITE_UNSUPPORTED: { retryable: false, meaning: "The encryption suite is unknown or not allowed for this record." },
  ENVELOPE_MALFORMED: { retryable: false, meaning: "The encrypted file breaks the age v1 format or a size limit." },
  DECRYPTION_FAILED: { retryable: false, meaning: "No identity opens this file, or it was changed." },
  COMMITMENT_MISMATCH: { retryable: false, meaning: "The content does not match what was committed to on the chain." },
  KEY_UNAVAILABLE: { retryable: false, meaning: "The wrapping key is destroyed, unknown, or not of this record." },
  // Services
  DATABASE_UNAVAILABLE: { retryable: true, meaning: "The database cannot be reached." },
  REDIS_UNAVAILABLE: { retryable: true, meaning: "The queue's Redis cannot be reached." },
  CHAIN_UNAVAILABLE: { retryable: true, meaning: "The chain's RPC node cannot be reached." },
  CHAIN_MISMATCH: { retryable: false, meaning: "The RPC node serves another chain, or the contract is not there." },
  OBJECT_STORE_UNAVAILABLE: { retryable: true, meaning: "The object store cannot be reached." },
  OBJECT_NOT_FOUND: { retryable: false, meaning: "No such object in the store." },
  KEY_STORE_UNAVAILABLE: { retryable: true, meaning: "The store of the key-encryption keys (Vault) cannot be reached, or is sealed." },
  CUSTODIAN_UNAVAILABLE: { retryable: true, meaning: "A custodian of threshold custody cannot be reached; which one is named." },
  MIGRATION_MISMATCH: { retryable: false, meaning: "An applied migration's text was changed, or one is missing." },
  JOB_PAYLOAD_INVALID: { retryable: false, meaning: "A job's payload does not have its shape." },
  CONFIG_INVALID: { retryable: false, meaning: "Environment variables are missing or wrong; all are named." },
  PORT_IN_USE: { retryable: false, meaning: "The port is taken by another process." },
  API_UNREACHABLE: { retryable: true, meaning: "The platform's API cannot be reached from here." },
  MODEL_INVALID: { retryable: false, meaning: "The price model's files are missing or do not match their digest." },
  NOT_READY: { retryable: true, meaning: "The service is still catching up; try again shortly." },
  INTERNAL: { retryable: true, meaning: "Something unforeseen; the request id finds it in the log." },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** Context that may be shown to the caller: never plain text of a record, a key or a token. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** An error that we foresaw. `message` may be shown to the caller; `cause` never is. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.retryable = errorCodes[code].retryable;
    this.details = options.details ?? {};
  }
}

/** @returns the error as an AppError: itself, or INTERNAL with the original as `cause`. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError("INTERNAL", "Something unforeseen happened.", { cause: error });
}
