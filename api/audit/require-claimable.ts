import type { Market } from "../chain/market.js";
import { mayVote } from "./electorate.js";
import { AppError } from "../../schema/errors.js";
import type { OpenCase } from "./change-case.js";

/**
 * Whether an auditor may take up a listing.
 * @returns how many may work on it at once: as many as votes could still be needed for a decision.
 * @throws AppError NOT_FOUND, CONFLICT (not pending, voted already), FORBIDDEN (an own listing), NOT_DRAWN
 */
export async function requireClaimable({ listing, manager, listingId }: OpenCase, { auditor, market }: { auditor: string; market: Pick<Market, "auditQuorum" | "auditDraw"> }): Promise<number> {
  if (!listing) throw new AppError("NOT_FOUND", "No such listing.");
  if (listing.status !== "PENDING") throw new AppError("CONFLICT", `The listing is ${listing.status}: there is nothing to decide.`);
  if (listing.provider === auditor) throw new AppError("FORBIDDEN", "Nobody audits an own listing.");
  if (listing.voters.includes(auditor)) throw new AppError("CONFLICT", "The auditor has voted on it already.");
  if (market.auditDraw !== null) {
    const [row] = (await manager.query(`select ${mayVote("$1", "$2")} as may`, [listingId, auditor])) as { may: boolean }[];
    if (!row?.may) throw new AppError("NOT_DRAWN", "Other auditors were drawn for this listing, or none yet.");
  }
  // The chain does not count votes of auditors who lost their accreditation since: there may be more to do than this says, never less.
  return Math.max(1, market.auditQuorum - Math.max(listing.approvals, listing.rejections));
}
