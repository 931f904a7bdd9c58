import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { requireRole } from "../auth/accreditation.js";
import { readRound, requireDraw } from "../chain/audit-draw.js";
import { requireViewer, type ApiContext } from "../context.js";
import { parseHash } from "../input/parse.js";
import { RoundPhase } from "../types/assignment.js";
import type { PreparedTransaction } from "../types/step.js";

/** The secret itself never comes here: only what it is committed to by. @throws AppError UNAUTHENTICATED, NOT_ACCREDITED, NOT_FOUND, CONFLICT, BAD_INPUT, CHAIN_UNAVAILABLE */
export async function prepareCommit(context: ApiContext, round: bigint, commitment: string): Promise<PreparedTransaction> {
  await requireRole(context, Role.AUDITOR);
  await requirePhase(context, round, RoundPhase.COMMIT);
  return callDraw(context, "commit", [round, parseHash("commitment", commitment)]);
}

/** Who committed may reveal, accredited or not: a secret that is withheld bars its auditor from the round's draws. @throws AppError UNAUTHENTICATED, NOT_FOUND, CONFLICT, BAD_INPUT, CHAIN_UNAVAILABLE */
export async function prepareReveal(context: ApiContext, round: bigint, secret: string): Promise<PreparedTransaction> {
  requireViewer(context);
  // A secret shown too early would let others choose theirs by it.
  await requirePhase(context, round, RoundPhase.REVEAL);
  return callDraw(context, "reveal", [round, parseHash("secret", secret)]);
}

async function requirePhase({ deps: { market } }: ApiContext, round: bigint, phase: RoundPhase): Promise<void> {
  requireDraw(market);
  const now = await readRound(market);
  if (now?.round !== round || now.phase !== phase) throw new AppError("CONFLICT", `It is round ${now?.round}, and its half is ${RoundPhase[now?.phase ?? 0]}.`, { details: { round: String(now?.round), phase: RoundPhase[now?.phase ?? 0] ?? "" } });
}

function callDraw({ deps: { market } }: ApiContext, name: string, args: readonly unknown[]): PreparedTransaction {
  const contract = requireDraw(market);
  return { to: market.deployment.auditDraw ?? "", data: contract.interface.encodeFunctionData(name, args), function: name };
}
