import type { AuditLease } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import type { ApiDeps } from "../deps.js";
import { changeCase } from "./change-case.js";
import { requireClaimable } from "./require-claimable.js";
import { insertLease } from "./insert-lease.js";
import { lost } from "./require-lease.js";

/**
 * Hands a slot over to another auditor, under a new token: the former holder is fenced from then on.
 * @param by - the holder, who must show the token; the registrar needs none.
 * @throws AppError LEASE_LOST, NOT_FOUND (nobody holds the slot), CONFLICT, FORBIDDEN
 */
export async function reassign(
  { database, market }: Pick<ApiDeps, "database" | "market">,
  { listingId, slot, to, seconds, by }: { listingId: string; slot: number; to: string; seconds: number; by: { registrar: true } | { registrar: false; auditor: string; token: bigint | null } },
): Promise<AuditLease> {
  return changeCase(database, listingId, async (open) => {
    const held = open.leases.find((lease) => lease.slot === slot);
    if (!by.registrar && (held?.auditor !== by.auditor || held.token !== by.token)) throw lost();
    if (!held) throw new AppError("NOT_FOUND", "Nobody holds this slot.");
    if (open.leases.some((lease) => lease.auditor === to)) throw new AppError("CONFLICT", "This auditor holds a slot of the listing already.");
    await requireClaimable(open, { auditor: to, market });
    await open.manager.query("delete from app.audit_lease where listing_id = $1 and slot = $2", [listingId, slot]);
    open.tell("REASSIGNED", to);
    return insertLease(open, { listingId, slot, auditor: to, seconds });
  });
}
