import type { DataSource, EntityManager } from "typeorm";
import { CheckResult } from "../../schema/entities/check-result.js";
import { AppError } from "../../schema/errors.js";
import { checkList, checkListVersion, type CheckOutcome } from "./check-list.js";

/** Writes outcomes; what an earlier run wrote stays. */
export async function recordChecks(manager: DataSource | EntityManager, uploadId: string, outcomes: readonly CheckOutcome[]): Promise<void> {
  const rows = outcomes.map(({ name, outcome, evidence, attestedBy = "PLATFORM" }) => ({ uploadId, attestedBy, listVersion: checkListVersion, name, outcome, blocking: checkList[name].blocking, evidence }));
  await manager.createQueryBuilder().insert().into(CheckResult).values(rows as never[]).orIgnore().execute();
}

/** @throws AppError CHECK_FAILED if a check that stops uploads failed; `details.checks` names it. */
export function requirePassed(outcomes: readonly CheckOutcome[]): void {
  const failed = outcomes.filter(({ name, outcome }) => checkList[name].blocking && outcome === "FAILED");
  if (failed.length === 0) return;
  const why = failed.map(({ name, evidence }) => `${name} (${typeof evidence["why"] === "string" ? evidence["why"] : JSON.stringify(evidence)})`);
  throw new AppError("CHECK_FAILED", `Not passed: ${why.join("; ")}.`, { details: { checks: failed.map(({ name }) => name) } });
}
