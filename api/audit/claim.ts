import { IsNull } from "typeorm";
import { AuditLease, Listing } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import type { ApiDeps } from "../deps.js";
import { changeCase } from "./change-case.js";
import { insertLease } from "./insert-lease.js";
import { requireClaimable } from "./require-claimable.js";

/**
 * Takes a slot of a listing for an auditor. Claiming what one holds renews it under its token.
 * @param slot - the one to take; null for any that is free.
 * @throws AppError NOT_FOUND, CONFLICT (not pending, voted already, every slot taken), FORBIDDEN (an own listing), NOT_DRAWN
 */
export async function claim(
  { database, market }: Pick<ApiDeps, "database" | "market">,
  { listingId, auditor, slot, seconds }: { listingId: string; auditor: string; slot: number | null; seconds: number },
): Promise<AuditLease> {
  // Asked before a row is made for it.
  if (!(await database.getRepository(Listing).existsBy({ id: listingId, toBlock: IsNull() }))) throw new AppError("NOT_FOUND", "No such listing.");
  return changeCase(database, listingId, async (open) => {
    const { manager, leases } = open;
    const held = leases.find((lease) => lease.auditor === auditor);
    if (held) {
      if (slot !== null && slot !== held.slot) throw new AppError("CONFLICT", `You hold slot ${held.slot} of this listing.`);
      await manager.query("update app.audit_lease set expires_at = greatest(expires_at, clock_timestamp() + make_interval(secs => $3)) where listing_id = $1 and slot = $2", [listingId, held.slot, seconds]);
      open.tell("RENEWED", auditor);
      return manager.getRepository(AuditLease).findOneByOrFail({ listingId, slot: held.slot });
    }
    const seats = await requireClaimable(open, { auditor, market });
    const free = Array.from({ length: market.auditQuorum }, (_unused, index) => index).filter((each) => !leases.some((lease) => lease.slot === each));
    const chosen = slot === null ? free[0] : free.find((each) => each === slot);
    if (chosen === undefined || leases.length >= seats) {
      const ends = leases.map(({ expiresAt }) => expiresAt.toISOString()).sort();
      throw new AppError("CONFLICT", "Other auditors hold what there is to claim of this listing.", { details: { freeAt: ends[0] ?? null } });
    }
    open.tell("CLAIMED", auditor);
    return insertLease(open, { listingId, slot: chosen, auditor, seconds });
  });
}
