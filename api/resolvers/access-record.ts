import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import type { AccessRecord } from "../../schema/entities/index.js";
import { findAccessRecords, type AccessRecordPage } from "../access/find-records.js";
import type { ApiContext } from "../context.js";
import { For } from "../rules/rule.js";
import { ownRows } from "../rules/rules.js";
import { AccessBatchType, AccessRecordConnection, AccessRecordType, MerkleProof } from "../types/access.js";

@Resolver(() => AccessRecordType)
export class AccessRecordResolver {
  @For(ownRows("the listing's provider, the order's buyer, accredited auditors"))
  @Query(() => AccessRecordConnection, {
    description: "Who read a record, oldest first: of a listing for its provider, of an order for its buyer, of both for accredited auditors. Errors: UNAUTHENTICATED, BAD_INPUT, FORBIDDEN, NOT_FOUND.",
  })
  async accessRecords(
    @Arg("listingId", () => ID, { nullable: true, description: "The listing; this or the order must be given." }) listingId: string | null,
    @Arg("orderId", () => ID, { nullable: true, description: "The order." }) orderId: string | null,
    @Arg("first", () => Int, { nullable: true, description: "Size of the page: 1 to 200, 20 if left out." }) first: number | null,
    @Arg("after", () => String, { nullable: true, description: "Cursor of the entry before the page." }) after: string | null,
    @Ctx() context: ApiContext,
  ): Promise<AccessRecordPage> {
    return findAccessRecords(context, { listingId, orderId, first, after });
  }

  @FieldResolver(() => AccessBatchType, { nullable: true, description: "The batch that it is in; null until it is batched." })
  async batch(@Root() record: AccessRecord, @Ctx() { loaders }: ApiContext): Promise<AccessBatchType | null> {
    return record.batchIndex === null ? null : loaders.accessBatch.load(record.batchIndex.toString());
  }

  @FieldResolver(() => MerkleProof, { nullable: true, description: "Shows that it is under the batch's root; null until it is batched." })
  async proof(@Root() record: AccessRecord, @Ctx() { loaders }: ApiContext): Promise<MerkleProof | null> {
    return record.batchIndex === null ? null : loaders.accessProof.load(record.seq.toString());
  }
}

@Resolver(() => AccessRecordConnection)
export class AccessRecordConnectionResolver {
  @FieldResolver(() => Int, { description: "How many there are on all pages, exactly. Counted only when asked for." })
  async totalCount(@Root() page: AccessRecordPage): Promise<number> {
    return page.countAll();
  }
}
