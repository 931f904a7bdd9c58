import { AppError } from "../../schema/errors.js";
import type { OpenCase } from "./change-case.js";

/**
 * Whether an auditor may take up a listing.
 * @param quorum - votes that decide
 * @returns how many may work on it at once: as many as votes could still be needed for a decision.
 * @throws AppError NOT_FOUND, CONFLICT (not pending, voted already), FORBIDDEN (an own listing)
 */
export function requireClaimable({ listing }: OpenCase, { auditor, quorum }: { auditor: string; quorum: number }): number {
  if (!listing) throw new AppError("NOT_FOUND", "No such listing.");
  if (listing.status !== "PENDING") throw new AppError("CONFLICT", `The listing is ${listing.status}: there is nothing to decide.`);
  if (listing.provider === auditor) throw new AppError("FORBIDDEN", "Nobody audits an own listing.");
  if (listing.voters.includes(auditor)) throw new AppError("CONFLICT", "The auditor has voted on it already.");
  // The chain does not count votes of auditors who lost their accreditation since: there may be more to do than this says, never less.
  return Math.max(1, quorum - Math.max(listing.approvals, listing.rejections));
}
