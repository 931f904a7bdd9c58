import { AuditLease } from "../../schema/entities/index.js";
import type { OpenCase } from "./change-case.js";

/** A new holder of a slot, under the listing's next fencing token. Only with the case open; the slot must be free. */
export async function insertLease({ manager }: OpenCase, { listingId, slot, auditor, seconds }: { listingId: string; slot: number; auditor: string; seconds: number }): Promise<AuditLease> {
  await manager.query(
    `with next as (update app.audit_case set last_token = last_token + 1 where listing_id = $1 returning last_token)
     insert into app.audit_lease (listing_id, slot, auditor, token, claimed_at, expires_at)
     select $1, $2, $3, last_token, clock_timestamp(), clock_timestamp() + make_interval(secs => $4) from next`,
    [listingId, slot, auditor, seconds],
  );
  return manager.getRepository(AuditLease).findOneByOrFail({ listingId, slot });
}
