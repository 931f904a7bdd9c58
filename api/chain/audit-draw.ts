import { AppError } from "../../schema/errors.js";
import type { AssignmentRound } from "../types/assignment.js";
import type { Market } from "./market.js";

/** @returns the contract that assigns auditors by lot. @throws AppError NOT_FOUND where the market has none. */
export function requireDraw({ auditDraw }: Market): NonNullable<Market["auditDraw"]> {
  if (!auditDraw) throw new AppError("NOT_FOUND", "This market assigns no auditors by lot: every auditor may vote.");
  return auditDraw;
}

/** @returns the round at the chain's head; null where the market has none. @throws AppError CHAIN_UNAVAILABLE */
export async function readRound({ auditDraw }: Market): Promise<AssignmentRound | null> {
  if (!auditDraw) return null;
  const ask = (view: string, ...args: unknown[]): Promise<unknown> => auditDraw.getFunction(view)(...args);
  try {
    const [round, phase, endsAt] = (await ask("currentRound")) as [bigint, bigint, bigint];
    const [reveals] = (await ask("roundOf", round)) as [bigint, string];
    const [roundSeconds, minReveals] = (await Promise.all([ask("roundSeconds"), ask("minReveals")])) as [bigint, bigint];
    const contract = (await auditDraw.getAddress()).toLowerCase();
    return { round, phase: Number(phase), phaseEndsAt: new Date(Number(endsAt) * 1000), roundSeconds: Number(roundSeconds), reveals: Number(reveals), minReveals: Number(minReveals), contract };
  } catch (cause) {
    throw new AppError("CHAIN_UNAVAILABLE", "The chain's RPC node does not answer.", { cause });
  }
}
