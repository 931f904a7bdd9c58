import type { DataSource } from "typeorm";
import type { Logger } from "../../platform/log.js";
import { changeCase } from "./change-case.js";

/** Between looks for leases that are over, in ms. Nothing depends on it but how soon the queue's watchers are told. */
const everyMs = 1_000;

/** Leases past their time, of auditors who have voted, or of listings that nobody has to decide any more. */
const overdue = `
  select distinct a.listing_id from app.audit_lease a
  where a.expires_at <= clock_timestamp()
    or exists (select from vote v where v.listing_id = a.listing_id and v.auditor = a.auditor)
    or not exists (select from listing l where l.id = a.listing_id and l.to_block is null and l.status = 'PENDING')`;

/** Ends what is over. A vote on the chain counts however it was sent, and ends its auditor's lease. Any number of processes may do this at once. */
export async function endLeases(database: DataSource): Promise<void> {
  const rows = (await database.query(overdue)) as { listing_id: string }[];
  for (const { listing_id: listingId } of rows) await changeCase(database, listingId, () => Promise.resolve());
}

export interface LeaseKeeper {
  /** To be called when the market's feed has grown: votes end leases. */
  wake(): void;
  close(): Promise<void>;
}

export function keepLeases({ database, log }: { database: DataSource; log: Logger }): LeaseKeeper {
  let closed = false;
  let running: Promise<void> | undefined;
  let again = false;
  const run = async (): Promise<void> => {
    do {
      again = false;
      await endLeases(database).catch((error: unknown) => log.warn({ error }, "leases of the audit queue could not be looked at; tried again shortly"));
    } while (again && !closed);
    running = undefined;
  };
  const wake = (): void => {
    if (closed) return;
    again = true;
    running ??= run();
  };
  const timer = setInterval(wake, everyMs);
  return {
    wake,
    async close() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}
