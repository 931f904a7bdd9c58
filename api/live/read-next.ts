import type { DataSource } from "typeorm";
import { Activity, MarketEvent } from "../../schema/entities/index.js";
import { hydrate } from "../loaders/hydrate.js";
import type { Entry, Lane, Place } from "./entry.js";

/** Entries of a feed read at once. */
export const feedPage = 500;

/**
 * An event at or below the finalized block that stands; and, should a rewind below that block ever happen, the taking back of what was told as final:
 * whoever stands at a number was told every final event up to it, so it is told of a REVERT exactly if that names one of these.
 */
const finalEntries = `
  select m.* from market_event m, chain_status s where s.id = 1 and m.seq > $1 and (
    (m.op = 'APPLY' and m.block_number <= s.finalized_height and not exists (select from market_event r where r.reverts = m.seq))
    or (m.op = 'REVERT' and m.reverts <= $1)) order by m.seq limit $2`;

/**
 * Reads what follows a place. Market entries come before the platform's: whatever a platform's entry was decided on has been told before it.
 * @returns the entries in the order in which to tell them, and whether there is certainly more.
 */
export async function readNext(database: DataSource, of: readonly Lane[], after: Place): Promise<{ entries: Entry[]; more: boolean }> {
  const rows = async (text: string, lane: Lane): Promise<Record<string, unknown>[]> => (of.includes(lane) ? ((await database.query(text, [after[lane].toString(), feedPage])) as Record<string, unknown>[]) : []);
  // The platform's feed first: what is read of the market's after it is at least as new.
  const activities = hydrate(database, Activity, await rows("select * from app.activity where seq > $1 order by seq limit $2", "activity"));
  const head = hydrate(database, MarketEvent, await rows("select * from market_event where seq > $1 order by seq limit $2", "head"));
  const final = hydrate(database, MarketEvent, await rows(finalEntries, "final"));
  const entries: Entry[] = [...head.map((event): Entry => ({ lane: "head", seq: event.seq, event })), ...final.map((event): Entry => ({ lane: "final", seq: event.seq, event }))];
  if (head.length === feedPage || final.length === feedPage) return { entries, more: true };
  return { entries: [...entries, ...activities.map((activity): Entry => ({ lane: "activity", seq: activity.seq, activity }))], more: activities.length === feedPage };
}

/** @returns the newest place of the feeds, all read at one point. */
export async function newestPlace(database: DataSource): Promise<Place> {
  const [row] = (await database.query(
    `select (select last_seq from feed_counter where id = 1) as head, (select last_seq from app.activity_counter where id = 1) as activity,
       (select m.seq from market_event m, chain_status s where s.id = 1 and m.block_number <= s.finalized_height and m.op = 'APPLY'
          and not exists (select from market_event r where r.reverts = m.seq) order by m.block_number desc, m.log_index desc, m.log_part desc limit 1) as final`,
  )) as Record<"head" | "activity" | "final", string | null>[];
  return { head: BigInt(row?.head ?? 0), activity: BigInt(row?.activity ?? 0), final: BigInt(row?.final ?? 0), chain: 0n };
}
