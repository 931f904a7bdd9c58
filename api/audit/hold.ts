import type { DataSource } from "typeorm";
import { AuditLease } from "../../schema/entities/index.js";
import { changeCase } from "./change-case.js";
import { lost } from "./require-lease.js";

interface Hold {
  listingId: string;
  auditor: string;
  token: bigint;
}

/** The heartbeat: the lease holds for so many seconds from now. @throws AppError LEASE_LOST */
export async function renewClaim(database: DataSource, { listingId, auditor, token, seconds }: Hold & { seconds: number }): Promise<AuditLease> {
  return orLost(() =>
    changeCase(database, listingId, async ({ manager, leases, tell }) => {
      const held = leases.find((lease) => lease.auditor === auditor && lease.token === token);
      if (!held) return null;
      await manager.query("update app.audit_lease set expires_at = clock_timestamp() + make_interval(secs => $3) where listing_id = $1 and slot = $2", [listingId, held.slot, seconds]);
      tell("RENEWED", auditor);
      return manager.getRepository(AuditLease).findOneByOrFail({ listingId, slot: held.slot });
    }),
  );
}

/** Gives a slot back before its time. @throws AppError LEASE_LOST */
export async function releaseClaim(database: DataSource, { listingId, auditor, token }: Hold): Promise<AuditLease> {
  return orLost(() =>
    changeCase(database, listingId, async ({ manager, leases, tell }) => {
      const held = leases.find((lease) => lease.auditor === auditor && lease.token === token);
      if (!held) return null;
      await manager.query("delete from app.audit_lease where listing_id = $1 and slot = $2", [listingId, held.slot]);
      tell("RELEASED", auditor);
      return held;
    }),
  );
}

/** Thrown outside the transaction: that it met expired leases is kept. */
async function orLost<Found>(change: () => Promise<Found | null>): Promise<Found> {
  const found = await change();
  if (found === null) throw lost();
  return found;
}
