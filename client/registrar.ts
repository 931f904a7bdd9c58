import { keccak256, toUtf8Bytes, type Signer } from "ethers";
import { credentialCommitment } from "../crypto/credential-commitment.js";
import { AppError } from "../schema/errors.js";
import { ParticipantKind, Role } from "../schema/market.js";
import { send, type Contracts, type Mined } from "./contracts.js";
import type { Application } from "./operations/accreditation.js";

/**
 * Accredits applications on the chain in one transaction, by the registrar's own wallet.
 * @param validUntil - seconds since 1970, inclusive.
 * @param firstSlot - auditor slot of the first auditor among them; the others follow.
 * @throws AppError COMMITMENT_MISMATCH if an application's commitment is not that of its credential.
 */
export async function accredit(contracts: Contracts, signer: Signer, input: { applications: readonly Application[]; validUntil: number; firstSlot?: number }): Promise<Mined> {
  let slot = input.firstSlot ?? 0;
  const registrations = input.applications.map((application) => {
    if (credentialCommitment(application, application.credentialSalt) !== application.credentialCommitment) {
      throw new AppError("COMMITMENT_MISMATCH", `The commitment of ${application.institutionName} is not that of its credential.`);
    }
    const roles = application.roles.reduce((mask, name) => mask | Role[name as keyof typeof Role], 0);
    return {
      account: application.account,
      institution: application.institution,
      roles,
      kind: ParticipantKind[application.kind as keyof typeof ParticipantKind],
      auditorSlot: roles & Role.AUDITOR ? slot++ : 0,
      validUntil: input.validUntil,
      credentialCommitment: application.credentialCommitment,
      recipientCommitment: application.recipientCommitment,
    };
  });
  return send(contracts.marketplace, signer, "registerParticipants", [registrations]);
}

/** The first auditor slot that nobody holds. */
export async function freeAuditorSlot(contracts: Contracts): Promise<number> {
  for (let slot = 0; slot < 32; slot++) {
    const held = (await contracts.marketplace.getFunction("auditorSlot")(slot)) as { account: string };
    if (BigInt(held.account) === 0n) return slot;
  }
  throw new AppError("LIMIT_EXCEEDED", "All 32 auditor slots are held.");
}

/** Mints test dollars against a bank reference; the treasurer's wallet alone may. @param amount - smallest unit. */
export const mint = (contracts: Contracts, signer: Signer, input: { to: string; amount: bigint; bankReference: string }): Promise<Mined> =>
  send(contracts.token, signer, "mint", [input.to, input.amount, keccak256(toUtf8Bytes(input.bankReference))]);
