import { In } from "typeorm";
import { credentialCommitment } from "../../crypto/credential-commitment.js";
import { makeRing, ringPoints } from "../../crypto/ring/ring.js";
import { Application } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { marketNow } from "../auth/accreditation.js";
import type { ApiContext } from "../context.js";
import { parseAddress, parseRange, parseUuid } from "../input/parse.js";
import { call } from "../steps/call.js";
import type { PreparedTransaction } from "../types/step.js";
import { ringCandidates } from "./ring-candidates.js";

/** Most participants in one transaction: bounds its gas. */
const maxAtOnce = 50;
const auditorSlots = 32;
const maxUint16 = 65_535;
const maxUint32 = 4_294_967_295;

/** Registers applicants. @throws AppError BAD_INPUT, NOT_FOUND, CONFLICT, LIMIT_EXCEEDED (no auditor slot is free), COMMITMENT_MISMATCH, CHAIN_UNAVAILABLE */
export async function prepareAccreditation(context: ApiContext, applicationIds: readonly string[], validUntil: Date): Promise<PreparedTransaction> {
  parseRange("applicationIds", applicationIds.length, 1, maxAtOnce);
  const ids = [...new Set(applicationIds.map((id) => parseUuid("applicationIds", id)))];
  const last = BigInt(Math.floor(validUntil.getTime() / 1000));
  if (last <= (await marketNow(context.deps))) throw new AppError("BAD_INPUT", "validUntil: a time to come", { details: { field: "validUntil" } });
  const applications = await context.deps.database.getRepository(Application).find({ where: { id: In(ids) }, order: { createdAt: "ASC", id: "ASC" } });
  if (applications.length < ids.length) throw new AppError("NOT_FOUND", "One of the applications does not exist.");
  const free = applications.some(({ roles }) => roles & Role.AUDITOR) ? await freeAuditorSlots(context) : [];
  const registrations = applications.map((application) => {
    if (application.status !== "PENDING") throw new AppError("CONFLICT", `The application of ${application.account} is ${application.status}.`);
    if (credentialCommitment(application, application.credentialSalt) !== application.credentialCommitment) throw new AppError("COMMITMENT_MISMATCH", `The commitment of ${application.account} is not that of its credential.`);
    const auditorSlot = application.roles & Role.AUDITOR ? free.shift() : 0;
    if (auditorSlot === undefined) throw new AppError("LIMIT_EXCEEDED", "All auditor slots are held.", { details: { limit: auditorSlots } });
    return { ...application, auditorSlot, validUntil: last };
  });
  return call(context, "registerParticipants", [registrations]);
}

/** Takes all roles of accounts away, at once. @throws AppError BAD_INPUT, NOT_FOUND */
export async function prepareRevocation(context: ApiContext, accounts: readonly string[]): Promise<PreparedTransaction> {
  parseRange("accounts", accounts.length, 1, maxAtOnce);
  const parsed = accounts.map((account) => parseAddress("accounts", account));
  const known = await context.loaders.participant.loadMany(parsed);
  if (known.some((each) => each === null)) throw new AppError("NOT_FOUND", "One of the accounts is not registered.");
  return call(context, "revokeParticipants", [parsed]);
}

/** Registers a ring of accredited providers. @throws AppError BAD_INPUT (also for an account that cannot be in a ring) */
export async function prepareRing(context: ApiContext, { accounts, quota, epochSeconds }: { accounts: readonly string[]; quota: number; epochSeconds: number }): Promise<PreparedTransaction> {
  const wanted = new Set(accounts.map((account) => parseAddress("accounts", account)));
  const members = (await ringCandidates(context.deps.database)).filter(({ account }) => wanted.has(account));
  if (new Set(members.map(({ account }) => account)).size < wanted.size) throw new AppError("BAD_INPUT", "accounts: each must be one of ringCandidates", { details: { field: "accounts" } });
  const points = members.map(({ ringKey }) => ({ x: BigInt(ringKey!.slice(0, 66)), y: BigInt(`0x${ringKey!.slice(66)}`) }));
  return call(context, "registerRing", [ringPoints(makeRing(points)), parseRange("quota", quota, 1, maxUint16), parseRange("epochSeconds", epochSeconds, 1, maxUint32)]);
}

/** Slots that nobody holds, lowest first. A new holder of a slot inherits nothing, so one of a revoked auditor is left alone. */
async function freeAuditorSlots({ deps: { market } }: ApiContext): Promise<number[]> {
  try {
    const slots = await Promise.all(Array.from({ length: auditorSlots }, (_, slot) => market.marketplace.getFunction("auditorSlot")(slot) as Promise<{ account: string }>));
    return slots.flatMap(({ account }, slot) => (BigInt(account) === 0n ? [slot] : []));
  } catch (cause) {
    throw new AppError("CHAIN_UNAVAILABLE", "The chain cannot be asked for its auditors.", { cause });
  }
}
