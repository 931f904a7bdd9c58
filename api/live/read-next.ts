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

/** Should the market's feed ever begin anew, what refers to its former numbers must not wait for them. */
const activityEntries = `
  select a.*, case when a.market_seq is not null then least(a.market_seq, (select last_seq from feed_counter where id = 1)) end as market_seq from app.activity a where a.seq > $1 order by a.seq limit $2`;

/**
 * Reads what follows a place, in the order in which to tell it, which is the same whenever it is read: an entry of the platform's that was decided on the market's comes right
 * after the last that was committed before it (`marketSeq`).
 * @returns the entries, and whether there is certainly more.
 */
export async function readNext(database: DataSource, of: readonly Lane[], after: Place): Promise<{ entries: Entry[]; more: boolean }> {
  const rows = async (text: string, lane: Lane): Promise<Record<string, unknown>[]> => (of.includes(lane) ? ((await database.query(text, [after[lane].toString(), feedPage])) as Record<string, unknown>[]) : []);
  // The market's feed first: then whatever of the platform's stands before one of these is seen by the second statement.
  const head = hydrate(database, MarketEvent, await rows("select * from market_event where seq > $1 order by seq limit $2", "head"));
  const activities = hydrate(database, Activity, await rows(activityEntries, "activity"));
  const final = hydrate(database, MarketEvent, await rows(finalEntries, "final"));
  const entries = of.includes("head") ? inOrder(head, activities, after.head) : activities.map(ofActivity);
  const more = [head, activities, final].some(({ length }) => length === feedPage) || entries.length < head.length + activities.length;
  return { entries: [...entries, ...final.map((event): Entry => ({ lane: "final", seq: event.seq, event }))], more };
}

const ofHead = (event: MarketEvent): Entry => ({ lane: "head", seq: event.seq, event });
const ofActivity = (activity: Activity): Entry => ({ lane: "activity", seq: activity.seq, activity });

/** As much of two pages as can be put in order: what may follow a full page could stand before the rest of the other. */
function inOrder(head: readonly MarketEvent[], activities: readonly Activity[], from: bigint): Entry[] {
  const entries: Entry[] = [];
  const upTo = head.at(-1)?.seq ?? from;
  let next = 0;
  const tellHead = (last: bigint): void => {
    while (next < head.length && head[next]!.seq <= last) entries.push(ofHead(head[next++]!));
  };
  for (const activity of activities) {
    const at = activity.marketSeq ?? 0n;
    if (at > upTo) break;
    tellHead(at);
    entries.push(ofActivity(activity));
  }
  if (activities.length < feedPage) tellHead(upTo);
  return entries;
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
