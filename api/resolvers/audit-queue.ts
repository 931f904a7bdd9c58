import { Ctx, Query, Resolver } from "type-graphql";
import { Role } from "../../schema/market.js";
import { findWaiting } from "../audit/find-waiting.js";
import type { ApiContext } from "../context.js";
import { For } from "../rules/rule.js";
import { accredited } from "../rules/rules.js";
import { AuditQueueEntry } from "../types/audit.js";

/** Longest queue shown at once; the subscription shows all. */
const queueLimit = 500;

@Resolver()
export class AuditQueueResolver {
  @For(accredited(Role.AUDITOR))
  @Query(() => [AuditQueueEntry], { description: "Listings that wait for the auditors, the most urgent first (at most 500): by priority, and an hour's waiting for each step of it. Accredited auditors only. Errors: NOT_ACCREDITED." })
  async auditQueue(@Ctx() context: ApiContext): Promise<Omit<AuditQueueEntry, "listing">[]> {
    return findWaiting(context.deps, queueLimit);
  }
}
