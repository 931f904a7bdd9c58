import { keccak256, toUtf8Bytes } from "ethers";
import { IsNull } from "typeorm";
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import type { Listing, TradeOrder, Vote } from "../../schema/entities/index.js";
import { TradeOrder as TradeOrderEntity } from "../../schema/entities/index.js";
import { Purpose, Role } from "../../schema/market.js";
import type { ApiContext } from "../context.js";
import { parseHash } from "../input/parse.js";
import { resolveAsOf } from "../chain/as-of.js";
import { waitForBlock } from "../chain/wait-for-block.js";
import { findListings, type ListingPage } from "../listings/find-listings.js";
import { provenanceOf } from "../listings/provenance.js";
import { termsOf } from "../listings/terms.js";
import { listingAt, ordersOfAt } from "../loaders/versions.js";
import { For } from "../rules/rule.js";
import { accredited, anyone, oneOf, ownPart, providerOfListing } from "../rules/rules.js";
import { AsOf } from "../types/as-of.js";
import { ListingFacets } from "../types/facets.js";
import { ListingFilter, ListingOrder } from "../types/listing-filter.js";
import { ListingConnection, ListingTerms, ListingType, PredictedPrice, VoteType } from "../types/listing.js";
import { Money, toMoney } from "../types/money.js";
import { OrderType } from "../types/order.js";
import { ProvenanceStep } from "../types/provenance.js";
import { DateTimeScalar, JsonScalar } from "../types/scalars.js";
import { MetadataStatus } from "../types/states.js";

/** Mask of `Purpose` bits → the purposes. */
export const toPurposes = (mask: bigint): Purpose[] => Object.values(Purpose).filter((bit): bit is Purpose => typeof bit === "number" && (mask & BigInt(bit)) !== 0n);

@Resolver(() => ListingType)
export class ListingResolver {
  @For(anyone)
  @Query(() => ListingType, { nullable: true, description: "A listing by its id; null if the index has none." })
  async listing(
    @Arg("id", () => ID, { description: "Its id on the chain." }) id: string,
    @Arg("minBlock", () => Int, { nullable: true, description: "Wait until the index has this block (at most 5 s): NOT_READY otherwise." }) minBlock: number | null,
    @Arg("at", () => AsOf, { nullable: true, description: "As it was then; now if left out." }) at: AsOf | null,
    @Ctx() context: ApiContext,
  ): Promise<Listing | null> {
    await waitForBlock(context.deps, minBlock);
    return listingAt(context, parseHash("id", id), await resolveAsOf(context, at));
  }

  @For(anyone)
  @Query(() => ListingConnection, { description: "Listings, newest first unless asked otherwise." })
  async listings(
    @Arg("where", () => ListingFilter, { nullable: true, description: "Which ones; all if left out." }) where: ListingFilter | null,
    @Arg("orderBy", () => [ListingOrder], { nullable: true, description: "Sort keys, the first one first." }) orderBy: ListingOrder[] | null,
    @Arg("first", () => Int, { nullable: true, description: "Size of the page: 1 to 200, 20 if left out." }) first: number | null,
    @Arg("after", () => String, { nullable: true, description: "Cursor of the entry before the page." }) after: string | null,
    @Arg("minBlock", () => Int, { nullable: true, description: "Wait until the index has this block (at most 5 s): NOT_READY otherwise." }) minBlock: number | null,
    @Arg("at", () => AsOf, { nullable: true, description: "As it was then; now if left out." }) at: AsOf | null,
    @Ctx() context: ApiContext,
  ): Promise<ListingPage> {
    const { deps } = context;
    await waitForBlock(deps, minBlock);
    const block = await resolveAsOf(context, at);
    const page = await findListings({ database: deps.database, cursorKey: deps.keys.cursor }, { where, orderBy, first, after, at: block });
    if (block !== null) for (const { node } of page.edges) context.asOf.set(node, block);
    return page;
  }

  @For(anyone)
  @FieldResolver(() => Boolean, { description: "Whether it can be bought now." })
  tradable(@Root() listing: Listing): boolean {
    return listing.status === "APPROVED";
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
    return (await metadataOf(listing, context)).status;
  }

  @For(anyone)
  @FieldResolver(() => JsonScalar, { nullable: true, description: "The metadata, where it is VERIFIED." })
  async metadata(@Root() listing: Listing, @Ctx() context: ApiContext): Promise<unknown> {
    return (await metadataOf(listing, context)).body;
  }

  @For(anyone)
  @FieldResolver(() => String, { nullable: true, description: "The metadata's title." })
  async title(@Root() listing: Listing, @Ctx() context: ApiContext): Promise<string | null> {
    return textOf((await metadataOf(listing, context)).body, "title");
  }

  @For(anyone)
  @FieldResolver(() => String, { nullable: true, description: "The metadata's format, e.g. FHIR_JSON." })
  async format(@Root() listing: Listing, @Ctx() context: ApiContext): Promise<string | null> {
    return textOf((await metadataOf(listing, context)).body, "format");
  }

  @For(anyone)
  @FieldResolver(() => [ProvenanceStep], { description: "Its whole way on the chain with that of its orders, oldest first: who, when, in which transaction." })
  async provenance(@Root() listing: Listing, @Ctx() { deps, asOf }: ApiContext): Promise<ProvenanceStep[]> {
    const block = asOf.get(listing) ?? null;
    return (await provenanceOf(deps, listing.id)).filter((step) => block === null || step.block.number <= block);
  }

  @For(anyone)
  @FieldResolver(() => [VoteType], { description: "The auditors' votes, oldest first." })
  async votes(@Root() listing: Listing, @Ctx() { loaders, asOf }: ApiContext): Promise<Vote[]> {
    const block = asOf.get(listing) ?? null;
    return (await loaders.votes.load(listing.id)).filter((vote) => block === null || vote.blockNumber <= block);
  }

  @For(ownPart("the viewer's own orders"))
  @FieldResolver(() => [OrderType], { description: "The viewer's own orders of it, newest first; none when signed out." })
  async orders(@Root() listing: Listing, @Ctx() context: ApiContext): Promise<TradeOrder[]> {
    const { viewer, deps, asOf } = context;
    if (!viewer) return [];
    const block = asOf.get(listing);
    if (block !== undefined) return ordersOfAt(context, listing.id, viewer.account, block);
    return deps.database.getRepository(TradeOrderEntity).find({ where: { listingId: listing.id, buyer: viewer.account, toBlock: IsNull() }, order: { purchasedBlock: "DESC", id: "ASC" } });
  }

  @For(anyone)
  @FieldResolver(() => ListingTerms, { description: "The exact tuple that the contract takes." })
  terms(@Root() listing: Listing): ListingTerms {
    return termsOf(listing);
  }

  @For(oneOf(providerOfListing, accredited(Role.AUDITOR)))
  @FieldResolver(() => JsonScalar, { nullable: true, description: "The de-identification report. For accredited auditors and the provider; null for others." })
  async report(@Root() listing: Listing, @Ctx() { loaders }: ApiContext): Promise<unknown> {
    return (await loaders.uploadOfListing.load(listing.id))?.report ?? null;
  }
}

@Resolver(() => ListingConnection)
export class ListingConnectionResolver {
  @FieldResolver(() => Int, { description: "How many there are on all pages, exactly. Counted only when asked for." })
  async totalCount(@Root() page: ListingPage): Promise<number> {
    return page.countAll();
  }

  @FieldResolver(() => ListingFacets, { description: "Counts by status, kind, region and purpose. Counted only when asked for." })
  async facets(@Root() page: ListingPage): Promise<ListingFacets> {
    return page.countFacets();
  }
}

/** The body is shown only if it is what the chain's hash says. */
async function metadataOf(listing: Listing, { loaders }: ApiContext): Promise<{ status: MetadataStatus; body: unknown }> {
  const found = await loaders.metadata.load(listing.metadataHash);
  if (!found) return { status: MetadataStatus.MISSING, body: null };
  if (keccak256(toUtf8Bytes(found.body)) !== listing.metadataHash) return { status: MetadataStatus.MISMATCH, body: null };
  return { status: MetadataStatus.VERIFIED, body: JSON.parse(found.body) as unknown };
}

function textOf(body: unknown, field: string): string | null {
  const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[field] : null;
  return typeof value === "string" ? value : null;
}
