import { compileVoteFilter } from "../filters/listing-filter.js";
import { filterScope } from "../filters/scope.js";
import type { AuditAggregate, AuditAggregates, AuditAggregatesArgs } from "../types/audit-aggregates.js";
import { answerAggregate, type AggregateDeps, type Repeatable } from "./answer.js";
import type { Asked } from "./asked.js";
import { auditSource } from "./audit-source.js";
import { parseAggregateQuery } from "./parse-query.js";
import type { AggregateQuery } from "./query.js";
import { numberStatistics } from "./statistics.js";

/** @param at - block; null for now. @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
export async function aggregateAudits(deps: AggregateDeps, args: Omit<AuditAggregatesArgs, "at">, at: number | null, asked: Asked): Promise<AuditAggregates & Repeatable> {
  const queryAt = (block: number | null): AggregateQuery => parseAggregateQuery(auditSource, args, { where: compileVoteFilter(args.where, filterScope("v", block)), at: block, asked });
  const query = queryAt(at);
  const { groups, ...answer } = await answerAggregate(deps, query);
  return {
    ...answer,
    again: () => ({ ...queryAt(answer.block), at: answer.block }),
    groups: groups.map(({ keys, period, count, distinct, amounts }) => ({
      approve: keys["APPROVE"] ?? null,
      reason: keys["REASON"] ?? null,
      auditor: keys["AUDITOR"] ?? null,
      listingStatus: keys["LISTING_STATUS"] ?? null,
      dataKind: keys["DATA_KIND"] ?? null,
      region: keys["REGION"] ?? null,
      providerKind: keys["PROVIDER_KIND"] ?? null,
      period,
      count,
      auditors: distinct["auditors"],
      listings: distinct["listings"],
      waiting: numberStatistics(query, amounts["waiting"]!),
    })) as AuditAggregate[],
  };
}
