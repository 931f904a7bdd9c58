import type { DataSource } from "typeorm";
import { AppError } from "../../schema/errors.js";
import { AggregateEngine } from "../types/aggregates.js";
import { compileAggregate } from "./compile.js";
import { postgres } from "./dialect.js";
import { maxGroups } from "./parse-query.js";
import type { AggregateQuery } from "./query.js";
import { readGroups, type Group, type GroupRow } from "./read-groups.js";

/** Groups, the block that they are of, and what computed them. */
export interface AggregateAnswer {
  block: number;
  groups: Group[];
  engine: AggregateEngine;
  engineNote: string | null;
  cached: boolean;
}

/** @throws AppError LIMIT_EXCEEDED */
export async function answerAggregate({ database }: { database: DataSource }, query: AggregateQuery): Promise<AggregateAnswer> {
  const { text, values } = compileAggregate(query, postgres);
  const rows = (await database.query(text, values)) as GroupRow[];
  return { ...checkSize(readGroups(query, rows)), engine: AggregateEngine.POSTGRES, engineNote: null, cached: false };
}

function checkSize<Answer extends { groups: readonly Group[] }>(answer: Answer): Answer {
  if (answer.groups.length > maxGroups) throw new AppError("LIMIT_EXCEEDED", `The answer has more than ${maxGroups} groups: filter, group by less, or set a limit.`, { details: { limit: maxGroups } });
  return answer;
}
