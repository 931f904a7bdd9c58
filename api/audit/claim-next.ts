import type { AuditLease } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import type { ApiDeps } from "../deps.js";
import { claim } from "./claim.js";
import { mayVote } from "./electorate.js";
import { urgency } from "./urgency.js";

/** Listings tried before giving up: others claim at the same time. */
const tries = 20;

/**
 * Claims the most urgent listing that the auditor may take up.
 * @returns null when nothing waits for this auditor.
 */
export async function claimNext(deps: Pick<ApiDeps, "database" | "market">, { auditor, seconds }: { auditor: string; seconds: number }): Promise<AuditLease | null> {
  const rows = (await deps.database.query(
    // A vote takes one seat, whether or not its auditor's lease was ended yet.
    `select l.id from listing l left join app.audit_case c on c.listing_id = l.id
     where l.to_block is null and l.status = 'PENDING' and l.provider is distinct from $1
       and not exists (select from vote v where v.listing_id = l.id and v.auditor = $1)
       and not exists (select from app.audit_lease a where a.listing_id = l.id and a.auditor = $1 and a.expires_at > now())
       and (select count(*) from app.audit_lease a where a.listing_id = l.id and a.expires_at > now() and not exists (select from vote v where v.listing_id = l.id and v.auditor = a.auditor)) < greatest(1, $2 - greatest(l.approvals, l.rejections))
       ${deps.market.auditDraw === null ? "" : `and ${mayVote("l.id", "$1")}`}
     order by ${urgency("l", "c")} desc, l.listed_block, l.id limit ${tries}`,
    [auditor, deps.market.auditQuorum],
  )) as { id: string }[];
  for (const { id } of rows) {
    try {
      return await claim(deps, { listingId: id, auditor, slot: null, seconds });
    } catch (error) {
      // Somebody was faster, or it was decided meanwhile.
      if (!(error instanceof AppError) || !["CONFLICT", "NOT_FOUND", "NOT_DRAWN"].includes(error.code)) throw error;
    }
  }
  return null;
}
