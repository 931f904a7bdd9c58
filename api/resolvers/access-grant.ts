import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { AccessGrant } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { downloadOwn } from "../access/download-own.js";
import { logAccess, logRefusal, type Access } from "../access/log-access.js";
import { requestAuditAccess } from "../access/request-audit-access.js";
import { requestEvidence } from "../access/request-evidence.js";
import { checkGrantUsable } from "../auth/grant-rules.js";
import { requireViewer, type ApiContext } from "../context.js";
import { issueLink } from "../downloads/issue-link.js";
import { parseHash, parseRange, parseUuid } from "../input/parse.js";
import { For } from "../rules/rule.js";
import { accredited, ownPart, ownRows, theAccountOf, trading } from "../rules/rules.js";
import { AccessGrantType, Link } from "../types/access.js";
import { BigIntScalar, JsonScalar } from "../types/scalars.js";

@Resolver(() => AccessGrantType)
export class AccessGrantResolver {
  @For(ownPart("the account that was granted it"))
  @Query(() => AccessGrantType, { nullable: true, description: "One of the viewer's own access grants; null for any other." })
  async accessGrant(@Arg("id", () => ID, { description: "Its id." }) id: string, @Ctx() context: ApiContext): Promise<AccessGrant | null> {
    return ownGrant(context, id);
  }

  @For(ownRows("the account itself"))
  @Query(() => [AccessGrantType], { description: "The viewer's access grants, newest first (at most 200)." })
  async myAccessGrants(@Ctx() context: ApiContext): Promise<AccessGrant[]> {
    const { account } = requireViewer(context);
    return context.deps.database.getRepository(AccessGrant).find({ where: { account }, order: { createdAt: "DESC", id: "ASC" }, take: 200 });
  }

  @For(ownRows("the listing's provider"))
  @Mutation(() => AccessGrantType, { description: "Provider: asks for the key of an own record, re-wrapped. Errors: NOT_ACCREDITED, NOT_FOUND, CONFLICT, KEY_UNAVAILABLE (it was erased)." })
  async downloadOwn(@Arg("listingId", () => ID, { description: "The listing." }) listingId: string, @Ctx() context: ApiContext): Promise<AccessGrant> {
    return downloadOwn(context, parseHash("listingId", listingId));
  }

  @For(ownRows("the listing's provider, and accredited auditors"))
  @Mutation(() => AccessGrantType, { description: "Asks for the key of a listing's legal evidence, re-wrapped for the viewer: its provider, or an accredited auditor who claimed it. Errors: NOT_ACCREDITED, NOT_FOUND, LEASE_LOST, CONFLICT, KEY_UNAVAILABLE (it was erased)." })
  async requestEvidence(
    @Arg("listingId", () => ID, { description: "The listing." }) listingId: string,
    @Arg("token", () => BigIntScalar, { nullable: true, description: "The auditor's claim's token; needed while the listing is pending." }) token: bigint | null,
    @Ctx() context: ApiContext,
  ): Promise<AccessGrant> {
    return requestEvidence(context, parseHash("listingId", listingId), token ?? null);
  }

  @For(accredited(Role.AUDITOR))
  @Mutation(() => AccessGrantType, { description: "Asks for a listing's key, re-wrapped for the viewer: the accredited auditor who claimed it. Errors: NOT_ACCREDITED, NOT_FOUND, LEASE_LOST, CONFLICT." })
  async requestAuditAccess(
    @Arg("listingId", () => ID, { description: "The listing to audit." }) listingId: string,
    @Arg("token", () => BigIntScalar, { nullable: true, description: "Token of the viewer's claim; needed while the listing is pending." }) token: bigint | null,
    @Ctx() context: ApiContext,
  ): Promise<AccessGrant> {
    return requestAuditAccess(context, parseHash("listingId", listingId), token ?? null);
  }

  @For(ownRows("the account that was granted it"))
  @Mutation(() => Link, { description: "A new link for one of the viewer's grants; noted in the access log. Errors: NOT_FOUND, NOT_READY, CONFLICT, NOT_ACCREDITED." })
  async refreshLink(
    @Arg("grantId", () => ID, { description: "The access grant." }) grantId: string,
    @Arg("seconds", () => Int, { nullable: true, description: "How long it shall live, if shorter than the platform's limit." }) seconds: number | null,
    @Ctx() context: ApiContext,
  ): Promise<Link> {
    const { linkTtlSeconds } = context.deps;
    requireViewer(context);
    const grant = await ownGrant(context, grantId);
    if (!grant) throw new AppError("NOT_FOUND", "No such access grant of yours.");
    return issueLink(context, grant, parseRange("seconds", seconds ?? linkTtlSeconds, 1, linkTtlSeconds));
  }

  @For(trading(theAccountOf("account", "its account")))
  @FieldResolver(() => String, { nullable: true, description: "The age header, re-wrapped for this account, in base64; null until READY. Reading it is noted in the access log." })
  async header(@Root() grant: AccessGrant, @Ctx() context: ApiContext): Promise<string | null> {
    if (grant.status === "REQUESTED") return null;
    const { database } = context.deps;
    const access: Access = { account: context.viewer?.account ?? null, action: "HEADER", grant };
    await checkGrantUsable(context, grant).catch(async (refusal: unknown) => {
      throw await logRefusal(database, access, refusal);
    });
    await logAccess(database, access);
    return grant.header && Buffer.from(grant.header).toString("base64");
  }

  @For(trading(theAccountOf("account", "its account")))
  @FieldResolver(() => Link, { nullable: true, description: "A fresh link to the record's bytes; null until READY. Issuing it is noted in the access log." })
  async link(@Root() grant: AccessGrant, @Ctx() context: ApiContext): Promise<Link | null> {
    return grant.status === "REQUESTED" ? null : issueLink(context, grant, context.deps.linkTtlSeconds);
  }

  @FieldResolver(() => JsonScalar, { nullable: true, description: "The platform's signed manifest of the record: suite, roots and sizes." })
  async manifest(@Root() grant: AccessGrant, @Ctx() { loaders }: ApiContext): Promise<unknown> {
    const listing = await loaders.listing.load(grant.listingId);
    const metadata = listing && (await loaders.metadata.load(listing.metadataHash));
    return metadata ? ((JSON.parse(metadata.body) as { manifest?: unknown }).manifest ?? null) : null;
  }
}

/** @returns null for somebody else's, whose asking is noted as a refusal. */
async function ownGrant(context: ApiContext, id: string): Promise<AccessGrant | null> {
  const { database } = context.deps;
  const grant = await database.getRepository(AccessGrant).findOneBy({ id: parseUuid("id", id) });
  if (!grant || grant.account === context.viewer?.account) return context.viewer ? grant : null;
  if (context.viewer) await logRefusal(database, { account: context.viewer.account, action: "LINK", grant }, new AppError("FORBIDDEN", "Not the viewer's."));
  return null;
}
