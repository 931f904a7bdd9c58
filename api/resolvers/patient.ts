import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import type { AccessRecord, Listing, Upload } from "../../schema/entities/index.js";
import { findAccessOfReceipt } from "../access/find-records.js";
import type { ApiContext } from "../context.js";
import type { Page } from "../paging/find-page.js";
import { issueReceipts, withdrawPatient } from "../patients/receipts.js";
import { selectionOf } from "../reading/selection.js";
import { For } from "../rules/rule.js";
import { holderOfReceipt, ownRows } from "../rules/rules.js";
import { AccessRecordConnection } from "../types/access.js";
import { ListingType } from "../types/listing.js";
import { PageArgs } from "../types/page-args.js";
import { PatientWithdrawal } from "../types/trade-steps.js";

/** What patients do with the receipt that their hospital handed out, without any account. */
@Resolver(() => PatientWithdrawal)
export class PatientResolver {
  @For(holderOfReceipt)
  @Query(() => AccessRecordConnection, { description: "Patient: who read the record set of a receipt, oldest first. Errors: NOT_FOUND." })
  async recordAccess(
    @Arg("receipt", () => String, { description: "The receipt." }) receipt: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<AccessRecord>> {
    return findAccessOfReceipt(context, receipt, page, selectionOf(info));
  }

  @For(holderOfReceipt)
  @Mutation(() => PatientWithdrawal, { description: "Patient: withdraws from future sales. The set is encrypted as one, so nothing of it is sold any more; what is paid later is refunded. Errors: NOT_FOUND." })
  async withdrawPatient(@Arg("receipt", () => String, { description: "The receipt." }) receipt: string, @Ctx() context: ApiContext): Promise<{ withdrawnAt: Date; upload: Upload }> {
    return withdrawPatient(context, receipt);
  }

  @For(ownRows("the upload's owner"))
  @Mutation(() => [String], { description: "Provider: makes receipts of a record set to hand out to its patients, one each. They are told this once. Errors: NOT_FOUND, BAD_INPUT." })
  async issueReceipts(
    @Arg("uploadId", () => ID, { description: "The record set's upload." }) uploadId: string,
    @Arg("count", () => Int, { description: "How many: 1 to 1,000." }) count: number,
    @Ctx() context: ApiContext,
  ): Promise<string[]> {
    return issueReceipts(context, uploadId, count);
  }

  @FieldResolver(() => ListingType, { nullable: true, description: "The set's listing, if it is on the chain." })
  async listing(@Root() { upload }: { upload: Upload }, @Ctx() { loaders }: ApiContext): Promise<Listing | null> {
    return upload.listingId === null ? null : loaders.listing.load(upload.listingId);
  }
}
