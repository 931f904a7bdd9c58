import { AppError } from "../../schema/errors.js";
import type { Participant } from "../../schema/entities/index.js";
import { Role } from "../../schema/market.js";
import { requireViewer, type ApiContext } from "../context.js";
import type { ApiDeps } from "../deps.js";
import type { Loaders } from "../loaders/loaders.js";

/** Unix seconds: the later of our clock and the newest indexed block's, so that an accreditation over by either is over. */
export async function marketNow({ freshness }: Pick<ApiDeps, "freshness">): Promise<bigint> {
  const { indexedTime } = await freshness.now();
  return BigInt(Math.floor(Math.max(Date.now(), indexedTime === null ? 0 : Date.parse(indexedTime)) / 1000));
}

export const holdsRole = (participant: Participant | null, role: Role, now: bigint): boolean =>
  participant !== null && !participant.revoked && (participant.roles & role) !== 0 && participant.validUntil >= now;

/** @returns whether the account holds the role now, by the index's newest state. */
export async function isAccredited({ deps, loaders }: { deps: ApiDeps; loaders: Loaders }, account: string, role: Role): Promise<boolean> {
  return holdsRole(await loaders.participant.load(account), role, await marketNow(deps));
}

/** @throws AppError UNAUTHENTICATED, NOT_ACCREDITED */
export async function requireRole(context: ApiContext, role: Role): Promise<Participant> {
  const { account } = requireViewer(context);
  const participant = await context.loaders.participant.load(account);
  if (!participant || !holdsRole(participant, role, await marketNow(context.deps))) {
    throw new AppError("NOT_ACCREDITED", `The account has no valid accreditation as ${Role[role]} on the chain.`, { details: { role: Role[role] ?? String(role) } });
  }
  return participant;
}

export const viewerHasRole = async (context: ApiContext, role: Role): Promise<boolean> => context.viewer !== null && (await isAccredited(context, context.viewer.account, role));
