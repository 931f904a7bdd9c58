import { hexlify, randomBytes, type Contract, type Signer } from "ethers";
import { AppError } from "../schema/errors.js";
import { send, type Contracts } from "./contracts.js";

/** Where an auditor's secrets are kept between commitment and reveal. What is kept must be on disk before `keep` returns. */
export interface SecretStore {
  /** @returns the secret of a round, 0x and 64 digits; null if there is none. */
  read(round: bigint): string | null;
  keep(round: bigint, secret: string): void;
  /** Forgets all secrets of rounds before this one. */
  forgetBefore(round: bigint): void;
}

export interface AttendStep {
  round: bigint;
  step: "COMMITTED" | "REVEALED";
  /** The transaction. */
  hash: string;
}

/** Codes of the contract. */
const phases = { commit: 0n, reveal: 1n };
const secretStatus = { none: 0n, committed: 1n };
/** Refusals of a transaction that came a moment too late, or twice: the next look tells what is to be done. */
const passing = new Set(["WrongPhase", "WrongRound", "AlreadyCommitted", "WrongSecret"]);

/**
 * Takes part in the rounds by which auditors are assigned: commits to a fresh secret in the first half of each, and reveals it in the second. The secret is kept before it is committed to, so that a restart goes on
 * where the last process ended; whoever does not reveal cannot be drawn by that round. Ends when `signal` aborts, or after `rounds` reveals.
 * @throws AppError NOT_FOUND (the market assigns none by lot), TX_REVERTED (not accredited)
 */
export async function* attend(
  { auditDraw, provider }: Pick<Contracts, "auditDraw" | "provider">,
  signer: Signer,
  options: { secrets: SecretStore; signal: AbortSignal; rounds?: number; everyMs?: number },
): AsyncGenerator<AttendStep> {
  if (!auditDraw) throw new AppError("NOT_FOUND", "This market assigns no auditors by lot: every auditor may vote.");
  const { secrets, signal, rounds = Infinity, everyMs = 250 } = options;
  const auditor = await signer.getAddress();
  const bound = signer.connect(provider);
  for (let revealed = 0; revealed < rounds && !signal.aborted; ) {
    const step = await takeStep(auditDraw, bound, auditor, secrets);
    if (step) yield step;
    if (step?.step === "REVEALED") revealed += 1;
    else if (!step) await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

async function takeStep(draw: Contract, signer: Signer, auditor: string, secrets: SecretStore): Promise<AttendStep | null> {
  const [round, phase] = (await draw.getFunction("currentRound")()) as [bigint, bigint];
  secrets.forgetBefore(round);
  const status = (await draw.getFunction("secretOf")(round, auditor)) as bigint;
  try {
    if (phase === phases.commit && status === secretStatus.none) {
      const secret = secrets.read(round) ?? hexlify(randomBytes(32));
      secrets.keep(round, secret);
      const { hash } = await send(draw, signer, "commit", [round, await draw.getFunction("commitmentOf")(round, auditor, secret)]);
      return { round, step: "COMMITTED", hash };
    }
    const secret = secrets.read(round);
    if (phase === phases.reveal && status === secretStatus.committed && secret !== null) {
      const { hash } = await send(draw, signer, "reveal", [round, secret]);
      return { round, step: "REVEALED", hash };
    }
  } catch (error) {
    if (!(error instanceof AppError) || !passing.has(String(error.details?.["reason"]))) throw error;
  }
  return null;
}
