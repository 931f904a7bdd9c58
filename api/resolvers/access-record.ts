import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from "type-graphql";
import type { AccessRecord } from "../../schema/entities/index.js";
import { findAccessRecords } from "../access/find-records.js";
import type { ApiContext } from "../context.js";
import { For } from "../rules/rule.js";
import { ownRows } from "../rules/rules.js";
import type { Page } from "../paging/find-page.js";
import { selectionOf } from "../reading/selection.js";
import { AccessBatchType, AccessRecordConnection, AccessRecordType, MerkleProof, ToldAccess } from "../types/access.js";
import { AccessRecordFilter } from "../types/listing-filter.js";
import { PageArgs } from "../types/page-args.js";

@Resolver(() => AccessRecordType)
export class AccessRecordResolver {
  @For(ownRows("the listing's provider, the order's buyer, accredited auditors"))
  @Query(() => AccessRecordConnection, {
    description: "Who read a record, oldest first, and never changed, so `before` a record it is what it was then: of a listing for its provider, of an order for its buyer, of both for accredited auditors, who may also ask for the whole log. Errors: UNAUTHENTICATED, BAD_INPUT, FORBIDDEN, NOT_FOUND.",
  })
  async accessRecords(
    @Arg("listingId", () => ID, { nullable: true, description: "The listing; this or the order must be given, but by auditors." }) listingId: string | null,
    @Arg("orderId", () => ID, { nullable: true, description: "The order." }) orderId: string | null,
    @Arg("where", () => AccessRecordFilter, { nullable: true, description: "Which of them; all if left out." }) where: AccessRecordFilter | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<AccessRecord>> {
    return findAccessRecords(context, { ...page, listingId, orderId, where }, selectionOf(info));
  }

  @FieldResolver(() => AccessBatchType, { nullable: true, description: "The batch that it is in; null until it is batched." })
  async batch(@Root() record: AccessRecord, @Ctx() { loaders }: ApiContext): Promise<AccessBatchType | null> {
    return record.batchIndex === null ? null : loaders.accessBatch.load(record.batchIndex.toString());
  }

  @FieldResolver(() => ToldAccess, { nullable: true, description: "Where the chain tells it by an event of its own; null until that is indexed, and where the platform tells batches alone." })
  async told(@Root() record: AccessRecord, @Ctx() { loaders }: ApiContext): Promise<ToldAccess | null> {
    return loaders.toldAccess.load(record.hash);
  }

  @FieldResolver(() => MerkleProof, { nullable: true, description: "Shows that it is under the batch's root; null until it is batched." })
  async proof(@Root() record: AccessRecord, @Ctx() { loaders }: ApiContext): Promise<MerkleProof | null> {
    return record.batchIndex === null ? null : loaders.accessProof.load(record.seq.toString());
  }
}
