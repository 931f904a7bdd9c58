import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from "type-graphql";
import type { Assignment, CheckResult, Listing, MarketEvent, Metadata, Participant, TradeOrder, Upload, Vote } from "../../schema/entities/index.js";
import { Purpose, Role } from "../../schema/market.js";
import { UploadMode } from "../../schema/upload-mode.js";
import { Changing } from "../citations/changing.js";
import { countCohort } from "../cohorts/count-cohort.js";
import { readProfile } from "../cohorts/published-profile.js";
import { syntheticSample } from "../cohorts/synthetic-sample.js";
import type { ApiContext } from "../context.js";
import { parseHash } from "../input/parse.js";
import { findListings } from "../listings/find-listings.js";
import { metadataOf, textOf } from "../listings/metadata-of.js";
import { toStep } from "../listings/provenance.js";
import { termsOf } from "../listings/terms.js";
import { Cost, nodeCallCost } from "../limits/costs.js";
import { For } from "../rules/rule.js";
import { accredited, anyone, oneOf, ownPart, providerOfListing } from "../rules/rules.js";
import type { Page } from "../paging/find-page.js";
import { blockCertificate } from "../proof/block-certificate.js";
import { listingProof } from "../proof/listing-proof.js";
import { readOne } from "../reading/read-one.js";
import { readerAt } from "../reading/reader-at.js";
import { blockOf } from "../reading/related.js";
import { resolveHidden, resolveRelated } from "../reading/resolve-related.js";
import { selectionOf } from "../reading/selection.js";
import { listingTable } from "../reading/tables.js";
import { CohortCount, CohortFilter, SyntheticSample } from "../types/cohort.js";
import { LegalEvidenceType, showEvidence } from "../types/legal-evidence.js";
import { viewerHasRole } from "../auth/accreditation.js";
import { Check, CheckSummary, withoutOthers } from "../types/check.js";
import { AssignmentType } from "../types/assignment.js";
import { ListingFilter, OrderFilter } from "../types/listing-filter.js";
import { ListingConnection, ListingTerms, ListingType, PredictedPrice, VoteType } from "../types/listing.js";
import { Money, toMoney } from "../types/money.js";
import { OrderType } from "../types/order.js";
import { ChainArgs, ChainPageArgs } from "../types/page-args.js";
import { ParticipantType } from "../types/participant.js";
import { BlockCertificate, ListingProofType } from "../types/proof.js";
import { ProvenanceStep } from "../types/provenance.js";
import { DateTimeScalar, JsonScalar } from "../types/scalars.js";
import { ListingSearch } from "../types/search.js";
import { ListingOrder } from "../types/sort.js";
import { MetadataStatus } from "../types/states.js";

/** Mask of `Purpose` bits → the purposes. */
export function toPurposes(mask: bigint): Purpose[] {
  let purposes = known.get(mask);
  if (!purposes) {
    purposes = Object.values(Purpose).filter((bit): bit is Purpose => typeof bit === "number" && (mask & BigInt(bit)) !== 0n);
    if (known.size < maxKnown) known.set(mask, purposes);
  }
  return purposes;
}

/** Masks that were told apart: there are few different ones. */
const known = new Map<bigint, Purpose[]>();
const maxKnown = 1_000;

@Resolver(() => ListingType)
export class ListingResolver {
  @For(anyone)
  @Query(() => ListingType, { nullable: true, description: "A listing by its id; null if the index has none." })
  async listing(@Arg("id", () => ID, { description: "Its id on the chain." }) id: string, @Args(() => ChainArgs) chain: ChainArgs, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<Listing | null> {
    return readOne(context, listingTable, "id", parseHash("id", id), chain, info);
  }

  @For(anyone)
  @Query(() => ListingConnection, { description: "Listings, newest first unless asked otherwise; with a search those that answer it, the best first. Errors: BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID, NOT_READY." })
  async listings(
    @Arg("where", () => ListingFilter, { nullable: true, description: "Which ones; all if left out." }) where: ListingFilter | null,
    @Arg("search", () => ListingSearch, { nullable: true, description: "What their metadata says." }) search: ListingSearch | null,
    @Arg("orderBy", () => [ListingOrder], { nullable: true, description: "Sort keys, the first one first." }) orderBy: ListingOrder[] | null,
    @Args(() => ChainPageArgs) page: ChainPageArgs,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<Listing>> {
    const { database, keys } = context.deps;
    const reader = await readerAt(context, page);
    return findListings({ database, cursorKey: keys.cursor }, { ...page, where, search, orderBy }, reader, selectionOf(info));
  }

  @For(anyone)
  @Changing("it is told of now")
  @FieldResolver(() => Boolean, { description: "Whether it can be bought: APPROVED on the chain (as of the block that is asked for), and by now no patient withdrew from the set and its erasure was not asked for. The platform alone knows the latter, so they count at every block; what is paid all the same is refunded. Whether the viewer is accredited, and whether the whole market is paused, is not in it." })
  async tradable(@Root() listing: Listing, @Ctx() context: ApiContext): Promise<boolean> {
    return listing.status === "APPROVED" && (await resolveHidden<Upload | null, Listing>(context, listingTable, listing, "#unsold")) === null;
  }

  @For(anyone)
  @FieldResolver(() => Money, { description: "The asking price." })
  price(@Root() listing: Listing, @Ctx() { deps }: ApiContext): Money {
    return toMoney(deps.market.currency, listing.price);
  }

  @For(anyone)
  @FieldResolver(() => PredictedPrice, { description: "What the price model said when it was listed." })
  prediction(@Root() { p10, p50, p90, modelHash }: Listing, @Ctx() { deps }: ApiContext): PredictedPrice {
    const money = (amount: bigint): Money => toMoney(deps.market.currency, amount);
    return { p10: money(p10), p50: money(p50), p90: money(p90), modelHash };
  }

  @For(anyone)
  @FieldResolver(() => [Purpose], { description: "Purposes of use that the provider consents to." })
  purposes(@Root() listing: Listing): Purpose[] {
    return toPurposes(listing.purposes);
  }

  @For(anyone)
  @FieldResolver(() => DateTimeScalar, { description: "Time of the block in which it was listed." })
  blockTime(@Root() listing: Listing): Date {
    return listing.listedTime;
  }

  @For(anyone)
  @FieldResolver(() => String, { description: "The transaction that listed it." })
  transactionHash(@Root() listing: Listing): string {
    return listing.listedTransaction;
  }

  @For(anyone)
  @FieldResolver(() => Int, { description: "The block in which it last changed." })
  changedBlock(@Root() listing: Listing): number {
    return listing.fromBlock;
  }

  @For(anyone)
  @FieldResolver(() => DateTimeScalar, { description: "Time of the block in which it last changed." })
  changedTime(@Root() listing: Listing): Date {
    return listing.blockTime;
  }

  @For(anyone)
  @FieldResolver(() => String, { description: "The transaction that last changed it." })
  changedTransactionHash(@Root() listing: Listing): string {
    return listing.transactionHash;
  }

  @For(anyone)
  @FieldResolver(() => MetadataStatus, { description: "Whether the metadata is what the chain's hash says." })
  async metadataStatus(@Root() listing: Listing, @Ctx() context: ApiContext): Promise<MetadataStatus> {
    return (await checkedMetadata(listing, context)).status;
  }

  @For(anyone)
  @FieldResolver(() => JsonScalar, { nullable: true, description: "The metadata, where it is VERIFIED." })
  async metadata(@Root() listing: Listing, @Ctx() context: ApiContext): Promise<unknown> {
    return (await checkedMetadata(listing, context)).body;
  }

  @For(anyone)
  @FieldResolver(() => String, { nullable: true, description: "The metadata's title." })
  async title(@Root() listing: Listing, @Ctx() context: ApiContext): Promise<string | null> {
    return textOf((await checkedMetadata(listing, context)).body, "title");
  }

  @For(anyone)
  @FieldResolver(() => String, { nullable: true, description: "The metadata's format, e.g. FHIR_JSON." })
  async format(@Root() listing: Listing, @Ctx() context: ApiContext): Promise<string | null> {
    return textOf((await checkedMetadata(listing, context)).body, "format");
  }

  @For(anyone)
  @FieldResolver(() => CohortCount, { description: "How many of its records are so, from the published profile alone: in fixed steps, never under five, and never guessed." })
  async cohortCount(@Arg("where", () => CohortFilter, { nullable: true, description: "Which; the whole record set if left out." }) where: CohortFilter | null, @Root() listing: Listing, @Ctx() context: ApiContext): Promise<CohortCount> {
    return countCohort(readProfile((await checkedMetadata(listing, context)).body), where ?? {});
  }

  @For(anyone)
  @FieldResolver(() => SyntheticSample, { nullable: true, description: "Ten rows made up from the published profile, to see what such data look like; null without one. Never a record of anybody." })
  async sample(@Root() listing: Listing, @Ctx() context: ApiContext): Promise<SyntheticSample | null> {
    const profile = readProfile((await checkedMetadata(listing, context)).body);
    return profile && syntheticSample(listing.id, profile);
  }

  @For(anyone)
  @FieldResolver(() => [ProvenanceStep], { description: "Its whole way on the chain with that of its orders, oldest first: who, when, in which transaction (at most 1000 steps)." })
  async provenance(@Root() listing: Listing, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<ProvenanceStep[]> {
    return (await resolveRelated<MarketEvent[], Listing>(context, listingTable, listing, info)).map(toStep);
  }

  @For(anyone)
  @FieldResolver(() => ParticipantType, { nullable: true, description: "The provider in the chain's registry; null for an anonymous listing." })
  participant(@Root() listing: Listing, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Participant | null | Promise<Participant | null> {
    return listing.provider === null ? null : resolveRelated(context, listingTable, listing, info);
  }

  @For(anyone)
  @FieldResolver(() => [VoteType], { description: "The auditors' votes, oldest first." })
  votes(@Root() listing: Listing, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Vote[] | Promise<Vote[]> {
    return resolveRelated(context, listingTable, listing, info);
  }

  @For(anyone)
  @FieldResolver(() => AssignmentType, { nullable: true, description: "Who was drawn to audit it; null where none was asked for, or auditors are not assigned by lot." })
  assignment(@Root() listing: Listing, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Assignment | null | Promise<Assignment | null> {
    return resolveRelated(context, listingTable, listing, info);
  }

  @For(ownPart("the viewer's own orders"))
  @FieldResolver(() => [OrderType], { description: "The viewer's own orders of it, newest first; none when signed out." })
  orders(@Root() listing: Listing, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): TradeOrder[] | Promise<TradeOrder[]> {
    return context.viewer ? resolveRelated(context, listingTable, listing, info) : [];
  }

  @For(anyone)
  @FieldResolver(() => [OrderType], { description: "All orders of it, as they stand on the chain for all to see, newest first." })
  purchases(
    @Arg("where", () => OrderFilter, { nullable: true, description: "Which ones; all if left out." }) _where: OrderFilter | null,
    @Arg("first", () => Int, { nullable: true, description: "How many: 1 to 200, 20 if left out." }) _first: number | null,
    @Root() listing: Listing,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): TradeOrder[] | Promise<TradeOrder[]> {
    return resolveRelated(context, listingTable, listing, info);
  }

  @For(anyone)
  @Changing("nodes forget old states: ask for it beside the citation")
  @Cost(2 * nodeCallCost)
  @FieldResolver(() => ListingProofType, { description: "Shows against the chain what the marketplace holds of it, at the block that was asked for or the newest indexed one. Errors: CHAIN_UNAVAILABLE, also where the node no longer keeps that block's state." })
  async proof(@Root() listing: Listing, @Ctx() { deps }: ApiContext): Promise<ListingProofType> {
    return listingProof(deps, listing.id, blockOf(listing));
  }

  @For(anyone)
  @Changing("it is the node's to tell: ask for it beside the citation")
  @Cost(nodeCallCost)
  @FieldResolver(() => BlockCertificate, { nullable: true, description: "The header of the block in which it was listed: shows when. Errors: CHAIN_UNAVAILABLE." })
  async blockCertificate(@Root() listing: Listing, @Ctx() { deps }: ApiContext): Promise<BlockCertificate | null> {
    return blockCertificate(deps, { number: listing.listedBlock });
  }

  @For(anyone)
  @FieldResolver(() => ListingTerms, { description: "The exact tuple that the contract takes." })
  terms(@Root() listing: Listing): ListingTerms {
    return termsOf(listing);
  }

  @For(oneOf(providerOfListing, accredited(Role.AUDITOR)))
  @FieldResolver(() => [Check], { nullable: true, description: "What the checks of the record set found. For accredited auditors and the provider; null for others." })
  async checks(@Root() listing: Listing, @Ctx() context: ApiContext): Promise<CheckResult[]> {
    const { loaders } = context;
    const upload = await loaders.uploadOfListing.load(listing.id);
    const results = upload ? await loaders.checks.load(upload.id) : [];
    return (await viewerHasRole(context, Role.AUDITOR)) ? results : withoutOthers(results);
  }

  @For(anyone)
  @Changing("the platform holds it, not the chain")
  @FieldResolver(() => UploadMode, { nullable: true, description: "Who de-identified and encrypted the record set; null where this platform did not take it." })
  async uploadMode(@Root() listing: Listing, @Ctx() context: ApiContext): Promise<UploadMode | null> {
    return ((await resolveHidden<Upload | null, Listing>(context, listingTable, listing, "#upload"))?.mode as UploadMode | undefined) ?? null;
  }

  @For(anyone)
  @Changing("the platform holds it, not the chain")
  @FieldResolver(() => [CheckSummary], { description: "How the checks of the record set ended; none where the platform holds none." })
  checkSummary(@Root() listing: Listing, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): CheckResult[] | Promise<CheckResult[]> {
    return resolveRelated(context, listingTable, listing, info);
  }

  @For(oneOf(providerOfListing, accredited(Role.AUDITOR)))
  @FieldResolver(() => LegalEvidenceType, { nullable: true, description: "The document that shows the legal basis. For accredited auditors and the provider; null for others." })
  async legalEvidence(@Root() listing: Listing, @Ctx() { loaders }: ApiContext): Promise<LegalEvidenceType | null> {
    const upload = await loaders.uploadOfListing.load(listing.id);
    return upload && showEvidence(await loaders.legalEvidence.load(upload.id), upload);
  }

  @For(oneOf(providerOfListing, accredited(Role.AUDITOR)))
  @FieldResolver(() => JsonScalar, { nullable: true, description: "The de-identification report. For accredited auditors and the provider; null for others." })
  async report(@Root() listing: Listing, @Ctx() { loaders }: ApiContext): Promise<unknown> {
    return (await loaders.uploadOfListing.load(listing.id))?.report ?? null;
  }
}

const checkedMetadata = async (listing: Listing, context: ApiContext): Promise<ReturnType<typeof metadataOf>> => metadataOf(await resolveHidden<Metadata | null, Listing>(context, listingTable, listing, "#metadata"));
