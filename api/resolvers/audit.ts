import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from "type-graphql";
import type { Listing, Participant, Vote } from "../../schema/entities/index.js";
import type { ApiContext } from "../context.js";
import { compileVoteFilter } from "../filters/listing-filter.js";
import { compileVoteSort } from "../filters/sort-keys.js";
import type { Page } from "../paging/find-page.js";
import { pageOf } from "../paging/page-of.js";
import { resolveRelated } from "../reading/resolve-related.js";
import { voteTable } from "../reading/tables.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { VoteFilter } from "../types/listing-filter.js";
import { ListingType, VoteConnection, VoteType } from "../types/listing.js";
import { ChainPageArgs } from "../types/page-args.js";
import { ParticipantType } from "../types/participant.js";
import { VoteSort } from "../types/sort.js";

@Resolver(() => VoteType)
export class AuditResolver {
  @For(anyone)
  @Query(() => VoteConnection, { description: "The auditors' votes, newest first unless asked otherwise. Errors: BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID, NOT_READY." })
  async audits(
    @Arg("where", () => VoteFilter, { nullable: true, description: "Which ones; all if left out." }) where: VoteFilter | null,
    @Arg("orderBy", () => [VoteSort], { nullable: true, description: "Sort keys, the first one first." }) orderBy: VoteSort[] | null,
    @Args(() => ChainPageArgs) page: ChainPageArgs,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<Vote>> {
    return pageOf(context, page, info, { table: voteTable, alias: "v", where: (scope) => compileVoteFilter(where, scope), order: compileVoteSort(orderBy) });
  }

  @For(anyone)
  @FieldResolver(() => ListingType, { nullable: true, description: "What was voted on." })
  listing(@Root() vote: Vote, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Listing | null | Promise<Listing | null> {
    return resolveRelated(context, voteTable, vote, info);
  }

  @For(anyone)
  @FieldResolver(() => ParticipantType, { nullable: true, description: "The auditor in the chain's registry." })
  participant(@Root() vote: Vote, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Participant | null | Promise<Participant | null> {
    return resolveRelated(context, voteTable, vote, info);
  }
}
