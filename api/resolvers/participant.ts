import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, ID, Info, Query, Resolver } from "type-graphql";
import type { Participant } from "../../schema/entities/index.js";
import type { ApiContext } from "../context.js";
import { compileParticipantFilter } from "../filters/listing-filter.js";
import { compileParticipantSort } from "../filters/sort-keys.js";
import { parseAddress } from "../input/parse.js";
import type { Page } from "../paging/find-page.js";
import { pageOf } from "../paging/page-of.js";
import { readOne } from "../reading/read-one.js";
import { participantTable } from "../reading/tables.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { ParticipantConnection } from "../types/directory.js";
import { ParticipantFilter } from "../types/listing-filter.js";
import { ChainArgs, ChainPageArgs } from "../types/page-args.js";
import { ParticipantType } from "../types/participant.js";
import { ParticipantSort } from "../types/sort.js";

@Resolver()
export class ParticipantQueries {
  @For(anyone)
  @Query(() => ParticipantType, { nullable: true, description: "An account in the chain's registry; null if it is not in it." })
  async participant(@Arg("account", () => ID, { description: "Its address." }) account: string, @Args(() => ChainArgs) chain: ChainArgs, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<Participant | null> {
    return readOne(context, participantTable, "account", parseAddress("account", account), chain, info);
  }

  @For(anyone)
  @Query(() => ParticipantConnection, { description: "The chain's registry, by address unless asked otherwise. It holds hashes alone, no names. Whether an accreditation is `valid` is always told of now. Errors: BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID, NOT_READY." })
  async participants(
    @Arg("where", () => ParticipantFilter, { nullable: true, description: "Which ones; all if left out." }) where: ParticipantFilter | null,
    @Arg("orderBy", () => [ParticipantSort], { nullable: true, description: "Sort keys, the first one first." }) orderBy: ParticipantSort[] | null,
    @Args(() => ChainPageArgs) page: ChainPageArgs,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<Participant>> {
    return pageOf(context, page, info, { table: participantTable, alias: "p", where: (scope) => compileParticipantFilter(where, scope), order: compileParticipantSort(orderBy) });
  }
}
