import type { DataSource } from "typeorm";
import { AppError } from "../../schema/errors.js";
import type { Analytics } from "../analytics/analytics.js";
import { toDuckDb } from "../analytics/to-duckdb.js";
import type { Freshness } from "../chain/freshness.js";
import { AggregateEngine } from "../types/aggregates.js";
import { compileAggregate } from "./compile.js";
import { postgres } from "./dialect.js";
import { maxGroups } from "./parse-query.js";
import type { AggregateQuery } from "./query.js";
import { readGroups, type Group, type GroupRow } from "./read-groups.js";

/** Groups, the block that they are of, and what computed them. */
export interface AggregateAnswer {
  block: number;
  groups: readonly Group[];
  engine: AggregateEngine;
  engineNote: string | null;
  cached: boolean;
}

/** An answer that can be asked again. */
export interface Repeatable {
  /** The same question, of the block that the answer is of. */
  readonly again: () => AggregateQuery & { at: number };
}

export interface AggregateDeps {
  readonly database: DataSource;
  readonly analytics: Pick<Analytics, "ask">;
  readonly freshness: Pick<Freshness, "now">;
}

/** The columnar engine's answer, or Postgres' where that one cannot give it now. Both are the same. @throws AppError LIMIT_EXCEEDED */
export async function answerAggregate({ database, analytics, freshness }: AggregateDeps, query: AggregateQuery): Promise<AggregateAnswer> {
  // What was told of the index before is the least that an answer of now must show.
  const { indexedBlock, indexedHash } = await freshness.now();
  const newest = query.at === null ? { block: indexedBlock, hash: indexedHash } : { block: query.at, hash: null };
  const statement = toDuckDb(query);
  const told = statement ? await analytics.ask({ ...statement, newest }) : { refusal: "this filter is Postgres' alone" };
  if ("rows" in told) return { block: query.at ?? told.height, groups: checkSize(readGroups(query, told.rows as GroupRow[])), engine: AggregateEngine.DUCKDB, engineNote: null, cached: told.cached };
  const { text, values } = compileAggregate(query, postgres);
  const rows = (await database.query(text, values)) as GroupRow[];
  return { block: query.at ?? rows[0]?.height ?? 0, groups: checkSize(readGroups(query, rows)), engine: AggregateEngine.POSTGRES, engineNote: noteOf(told.refusal), cached: false };
}

/** What may be told of a refusal: DuckDB's own words name our tables. */
const noteOf = (refusal: string): string => (/^(it |switched|this filter|its calendars)/.test(refusal) ? `The columnar engine did not answer: ${refusal}.` : "The columnar engine does not hold what this asks for.");

function checkSize(groups: readonly Group[]): readonly Group[] {
  if (groups.length > maxGroups) throw new AppError("LIMIT_EXCEEDED", `The answer has more than ${maxGroups} groups: filter, group by less, or set a limit.`, { details: { limit: maxGroups } });
  return groups;
}
