import { compileAggregate } from "../aggregates/compile.js";
import { duckdb, type Bucket } from "../aggregates/dialect.js";
import type { AggregateQuery } from "../aggregates/query.js";
import { mirrorRelations } from "./relations.js";

/** What is not there, or means something else in DuckDB, so that Postgres is asked: uploads are the platform's, LIKE has no escape there, and ids are kept by their first half. */
const differs = /\bapp\.upload\b|\bi?like\b|~|\b(?:id|listing_id) = (?:any\()?\?::text/i;

/**
 * @returns a statement for the mirror; null where only Postgres can say it. Columns and tables that the mirror does not hold are found out by
 * DuckDB itself, which then refuses the statement.
 */
export function toDuckDb(query: AggregateQuery): { text: string; values: unknown[]; zones: Bucket[] } | null {
  if (differs.test(query.where.text)) return null;
  const { text, values } = compileAggregate(query, duckdb);
  const own = text
    .replace(/^with /, `with ${mirrorRelations(query.at)}, `)
    // Its numeric has three decimals: whole numbers of 128 bits are what is meant.
    .replace(/::numeric\b/g, "::hugeint")
    .replace(/\bexists \(select from /g, "exists (select 1 from ");
  return { text: own, values, zones: query.bucket && query.bucket.timeZone !== "UTC" ? [query.bucket] : [] };
}
