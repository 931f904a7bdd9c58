import type { ErrorCode } from "../../schema/errors.js";

const statuses: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_ACCREDITED: 403,
  LINK_INVALID: 403,
  DOCUMENT_NOT_TRUSTED: 403,
  NOT_FOUND: 404,
  OBJECT_NOT_FOUND: 404,
  CONFLICT: 409,
  LEASE_LOST: 409,
  LINK_EXPIRED: 410,
  KEY_UNAVAILABLE: 410,
  FILE_TOO_LARGE: 413,
  LIMIT_EXCEEDED: 413,
  RATE_LIMITED: 429,
  QUOTA_EXCEEDED: 429,
  INTERNAL: 500,
  DATABASE_UNAVAILABLE: 503,
  REDIS_UNAVAILABLE: 503,
  CHAIN_UNAVAILABLE: 503,
  OBJECT_STORE_UNAVAILABLE: 503,
  CUSTODIAN_UNAVAILABLE: 503,
  NOT_READY: 503,
};

/** @returns the HTTP status of a code outside GraphQL; what is the caller's fault and has no own status is 400. */
export const httpStatus = (code: ErrorCode): number => statuses[code] ?? 400;
