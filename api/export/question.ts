import { auditSource } from "../aggregates/audit-source.js";
import { listingSource } from "../aggregates/listing-source.js";
import { orderSource } from "../aggregates/order-source.js";
import type { AggregateQuery } from "../aggregates/query.js";
import type { Source } from "../aggregates/source.js";

const sources: Readonly<Record<"LISTINGS" | "ORDERS" | "AUDITS", Source>> = { LISTINGS: listingSource, ORDERS: orderSource, AUDITS: auditSource };

/** @returns the question as text, to be kept; its source is named beside it. */
export const writeQuestion = ({ source: _source, ...query }: AggregateQuery): string => JSON.stringify(query, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));

/** @param text - of `writeQuestion` */
export function readQuestion(source: keyof typeof sources, text: string): AggregateQuery {
  const query = JSON.parse(text) as AggregateQuery;
  const { histogram, having } = query;
  return {
    ...query,
    source: sources[source],
    histogram: histogram && { ...histogram, from: BigInt(histogram.from), width: BigInt(histogram.width) },
    having: having.map((condition) => ({ ...condition, value: BigInt(condition.value) })),
  };
}
