import type { DataSource, EntityManager } from "typeorm";
import { AppError } from "../../schema/errors.js";

export interface LeaseHold {
  listingId: string;
  auditor: string;
  /** Null or undefined where the caller gave none. */
  token: bigint | null | undefined;
}

/**
 * The fence: passes whoever holds the lease under this token now. In a transaction the lease cannot be ended before its end.
 * @throws AppError LEASE_LOST
 */
export async function requireLease(manager: DataSource | EntityManager, { listingId, auditor, token }: LeaseHold): Promise<void> {
  if (token === null || token === undefined) throw new AppError("LEASE_LOST", "A pending listing must be claimed first: give the claim's token.");
  const rows = (await manager.query("select from app.audit_lease where listing_id = $1 and auditor = $2 and token = $3 and expires_at > clock_timestamp() for share", [listingId, auditor, token.toString()])) as unknown[];
  if (rows.length === 0) throw lost();
}

/** What somebody is told whose lease is no more. */
export const lost = (): AppError => new AppError("LEASE_LOST", "The claim has ended, or was never yours under this token: claim again.");
