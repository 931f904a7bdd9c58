import { Arg, Ctx, ID, Int, Mutation, Resolver } from "type-graphql";
import type { AuditLease } from "../../schema/entities/index.js";
import { Role } from "../../schema/market.js";
import { AppError } from "../../schema/errors.js";
import { claim } from "../audit/claim.js";
import { claimNext } from "../audit/claim-next.js";
import { leaseSeconds } from "../audit/lease-seconds.js";
import { prioritise } from "../audit/prioritise.js";
import { reassign } from "../audit/reassign.js";
import { releaseClaim, renewClaim } from "../audit/hold.js";
import { isAccredited } from "../auth/accreditation.js";
import { isRegistrar } from "../auth/chain-roles.js";
import { requireViewer, type ApiContext } from "../context.js";
import { parseAddress, parseHash, parseRange } from "../input/parse.js";
import { For } from "../rules/rule.js";
import { accredited, ownRows, registrar } from "../rules/rules.js";
import { AuditClaim } from "../types/audit.js";
import { BigIntScalar } from "../types/scalars.js";

const secondsText = `How long it holds without a renewal: ${leaseSeconds.least} to ${leaseSeconds.most} seconds.`;
const parseSeconds = (seconds: number): number => parseRange("seconds", seconds, leaseSeconds.least, leaseSeconds.most);

/** Leases on the audit queue: who works on what, so that no two do the same. */
@Resolver()
export class AuditClaimResolver {
  @For(accredited(Role.AUDITOR))
  @Mutation(() => AuditClaim, { nullable: true, description: "Auditor: takes a slot of a pending listing, or of the most urgent one; null when nothing waits. Claiming again renews. Errors: NOT_ACCREDITED, NOT_FOUND, CONFLICT, FORBIDDEN, NOT_DRAWN." })
  async claimAudit(
    @Arg("listingId", () => ID, { nullable: true, description: "The listing; the most urgent one that the viewer may take up, if left out." }) listingId: string | null,
    @Arg("slot", () => Int, { nullable: true, description: "Which slot; any that is free, if left out." }) slot: number | null,
    @Arg("seconds", () => Int, { defaultValue: leaseSeconds.usual, description: secondsText }) seconds: number,
    @Ctx() context: ApiContext,
  ): Promise<AuditLease | null> {
    const { account: auditor } = requireViewer(context);
    if (listingId === null || listingId === undefined) return claimNext(context.deps, { auditor, seconds: parseSeconds(seconds) });
    return claim(context.deps, { listingId: parseHash("listingId", listingId), auditor, slot: slot ?? null, seconds: parseSeconds(seconds) });
  }

  @For(accredited(Role.AUDITOR))
  @Mutation(() => AuditClaim, { description: "Auditor: the heartbeat of a claim. Errors: NOT_ACCREDITED, LEASE_LOST." })
  async renewClaim(
    @Arg("listingId", () => ID, { description: "The listing." }) listingId: string,
    @Arg("token", () => BigIntScalar, { description: "The claim's token." }) token: bigint,
    @Arg("seconds", () => Int, { defaultValue: leaseSeconds.usual, description: secondsText }) seconds: number,
    @Ctx() context: ApiContext,
  ): Promise<AuditLease> {
    const { account: auditor } = requireViewer(context);
    return renewClaim(context.deps.database, { listingId: parseHash("listingId", listingId), auditor, token, seconds: parseSeconds(seconds) });
  }

  @For(ownRows("whoever holds the claim"))
  @Mutation(() => AuditClaim, { description: "Auditor: gives a claim back before its time. Gives what it was. Errors: UNAUTHENTICATED, LEASE_LOST." })
  async releaseClaim(
    @Arg("listingId", () => ID, { description: "The listing." }) listingId: string,
    @Arg("token", () => BigIntScalar, { description: "The claim's token." }) token: bigint,
    @Ctx() context: ApiContext,
  ): Promise<AuditLease> {
    const { account: auditor } = requireViewer(context);
    return releaseClaim(context.deps.database, { listingId: parseHash("listingId", listingId), auditor, token });
  }

  @For(ownRows("whoever holds the claim, and the registrar"))
  @Mutation(() => AuditClaim, { description: "Its holder, or the registrar: hands a claimed slot to another auditor, under a new token. Errors: LEASE_LOST, NOT_FOUND, NOT_ACCREDITED (the other one), CONFLICT, FORBIDDEN." })
  async reassignClaim(
    @Arg("listingId", () => ID, { description: "The listing." }) listingId: string,
    @Arg("slot", () => Int, { description: "The slot." }) slot: number,
    @Arg("to", () => ID, { description: "The auditor who takes over." }) to: string,
    @Arg("token", () => BigIntScalar, { nullable: true, description: "The claim's token; the registrar needs none." }) token: bigint | null,
    @Arg("seconds", () => Int, { defaultValue: leaseSeconds.usual, description: secondsText }) seconds: number,
    @Ctx() context: ApiContext,
  ): Promise<AuditLease> {
    const { account } = requireViewer(context);
    const heir = parseAddress("to", to);
    if (!(await isAccredited(context, heir, Role.AUDITOR))) throw new AppError("NOT_ACCREDITED", "Whom you hand it to is no accredited auditor.", { details: { role: "AUDITOR" } });
    const byRegistrar = (token === null || token === undefined) && (await isRegistrar(context, account));
    const by = byRegistrar ? { registrar: byRegistrar } : { registrar: byRegistrar, auditor: account, token: token ?? null };
    return reassign(context.deps, { listingId: parseHash("listingId", listingId), slot, to: heir, seconds: parseSeconds(seconds), by });
  }

  @For(registrar)
  @Mutation(() => Boolean, { description: "Registrar: how urgent a listing is in the audit queue. Errors: FORBIDDEN, NOT_FOUND, BAD_INPUT." })
  async setAuditPriority(
    @Arg("listingId", () => ID, { description: "The listing." }) listingId: string,
    @Arg("priority", () => Int, { description: "0 to 9; each is worth an hour of waiting." }) priority: number,
    @Ctx() context: ApiContext,
  ): Promise<boolean> {
    const { account: by } = requireViewer(context);
    await prioritise(context.deps.database, { listingId: parseHash("listingId", listingId), priority: parseRange("priority", priority, 0, 9), by });
    return true;
  }
}
