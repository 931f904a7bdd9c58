import { AppError } from "../../../schema/errors.js";
import { showMarketEvent } from "../../feed/market-events.js";
import { parseAddress, parseHash } from "../../input/parse.js";
import type { MarketEventType } from "../../types/chain.js";
import type { LiveEventFilter } from "../../types/live.js";
import type { LiveQuery, LiveSource } from "../live-query.js";
import { Finality, laneOf, readMarketCursor } from "../market-cursor.js";
import { placeAt } from "../place-at.js";

/** Longest list that a filter may name. */
const maxListLength = 1_000;

interface Condition {
  readonly prefix: string;
  readonly values: ReadonlySet<string>;
  readonly of: (event: MarketEventType) => string | null;
}

/** @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
function conditionsOf({ listingId, orderId, account, name }: LiveEventFilter): Condition[] {
  const condition = (field: string, prefix: string, list: readonly string[] | null | undefined, parse: (field: string, value: string) => string, of: Condition["of"]): Condition[] => {
    if (list === null || list === undefined) return [];
    if (list.length > maxListLength) throw new AppError("LIMIT_EXCEEDED", `${field}: at most ${maxListLength} values`, { details: { field, limit: maxListLength } });
    return [{ prefix, values: new Set(list.map((value) => parse(field, value))), of }];
  };
  return [
    ...condition("listingId", "listing", listingId, parseHash, (event) => event.listingId),
    ...condition("orderId", "order", orderId, parseHash, (event) => event.orderId),
    ...condition("account", "account", account, parseAddress, (event) => event.account),
    ...condition("name", "name", name, (_field, value) => value, (event) => event.name),
  ];
}

interface Args {
  after?: string | null;
  where?: LiveEventFilter | null;
  finality?: Finality;
}

/** Every entry of the market's feed that the filter lets through. */
export const marketEvents: LiveSource<Args> = ({ keys }, { where, finality = Finality.HEAD }) => {
  const conditions = conditionsOf(where ?? {});
  const [first] = conditions;
  const lane = laneOf(finality);
  const query: LiveQuery<MarketEventType> = {
    lanes: [lane],
    // One condition finds it in the index, the narrowest kind first; the others are checked.
    keys: first ? [...first.values].map((value) => `${first.prefix}:${value}`) : null,
    begin: (after) => Promise.resolve({ place: after === null ? null : placeAt({ [lane]: readMarketCursor(keys.cursor, after, finality) }), snapshot: [] }),
    map: (steps) =>
      steps.map(({ entry }) => {
        if (entry.lane !== "head" && entry.lane !== "final") return null;
        const event = showMarketEvent(keys.cursor, entry.event, finality);
        return conditions.every(({ values, of }) => values.has(of(event) ?? "")) ? event : null;
      }),
    cursorOf: ({ cursor }) => cursor,
  };
  return query as LiveQuery;
};
