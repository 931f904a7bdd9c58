import type { MarketEvent } from "../../../schema/entities/index.js";
import { AppError } from "../../../schema/errors.js";
import type { ApiDeps } from "../../deps.js";
import { parseHash } from "../../input/parse.js";
import { decodeCursor, encodeCursor } from "../../paging/cursor.js";
import type { LiveQuery, LiveSource } from "../live-query.js";
import { Finality, laneOf } from "../market-cursor.js";
import { placeAt } from "../place-at.js";
import { newestPlace } from "../read-next.js";

/** Most things watched by one subscription. */
const maxIds = 1_000;

/** One thing as it is, and why it is told. */
export interface ThingChange {
  readonly id: string;
  readonly cursor: string;
  readonly finality: Finality;
  /** What changed it; null in the snapshot. */
  readonly event: MarketEvent | null;
}

/** Each thing as it is, then as it is after each event about one of them. */
function watchThings({ database, keys }: ApiDeps, { prefix, ids, finality }: { prefix: "listing" | "order"; ids: readonly string[]; finality: Finality }): LiveQuery {
  if (ids.length === 0 || ids.length > maxIds) throw new AppError("LIMIT_EXCEEDED", `ids: 1 to ${maxIds}`, { details: { field: "ids", limit: maxIds } });
  const lane = laneOf(finality);
  const scope = `${prefix}|${finality}`;
  const cursorAt = (seq: bigint, left: number): string => encodeCursor(keys.cursor, scope, [seq.toString(), left]);
  const query: LiveQuery<ThingChange> = {
    lanes: [lane],
    keys: ids.map((id) => `${prefix}:${id}`),
    async begin(after) {
      let seq: bigint;
      let left = ids.length;
      if (after === null) seq = (await newestPlace(database))[lane];
      else {
        const [at, rest] = decodeCursor(keys.cursor, scope, after);
        if (typeof at !== "string" || typeof rest !== "number") throw new AppError("CURSOR_INVALID", "The cursor was not issued by this API, or for another query.");
        [seq, left] = [BigInt(at), Math.min(rest, ids.length)];
      }
      const snapshot = ids.slice(ids.length - left).map((id, index): ThingChange => ({ id, cursor: cursorAt(seq, left - 1 - index), finality, event: null }));
      return { place: placeAt({ [lane]: seq }), snapshot };
    },
    map: (steps) =>
      steps.map(({ entry }) => {
        if (entry.lane !== "head" && entry.lane !== "final") return null;
        const id = prefix === "listing" ? entry.event.listingId : entry.event.orderId;
        return id === null ? null : { id, cursor: cursorAt(entry.seq, 0), finality, event: entry.event };
      }),
    cursorOf: ({ cursor }) => cursor,
  };
  return query as LiveQuery;
}

interface Args {
  finality?: Finality;
}

export const listing: LiveSource<Args & { id: string }> = (deps, { id, finality = Finality.HEAD }) => watchThings(deps, { prefix: "listing", ids: [parseHash("id", id)], finality });

export const listings: LiveSource<Args & { ids: readonly string[] }> = (deps, { ids, finality = Finality.HEAD }) =>
  watchThings(deps, { prefix: "listing", ids: [...new Set(ids.map((id) => parseHash("ids", id)))], finality });

export const order: LiveSource<Args & { id: string }> = (deps, { id, finality = Finality.HEAD }) => watchThings(deps, { prefix: "order", ids: [parseHash("id", id)], finality });
