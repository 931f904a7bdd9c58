import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from "type-graphql";
import { Citation } from "../../schema/entities/index.js";
import { cite } from "../citations/cite.js";
import { citationBibtex, citationText, citationUrl } from "../citations/citation-text.js";
import { replay } from "../citations/replay.js";
import type { ApiContext } from "../context.js";
import { Cost } from "../limits/costs.js";
import { For } from "../rules/rule.js";
import { anyone, signedIn } from "../rules/rules.js";
import { CitationReplay, CitationType, CiteInput } from "../types/citation.js";
import type { BlockRef } from "../types/chain.js";

/** Beside the cited query's own cost: all listings that it rests on are read, and what is kept is kept for ever. */
const citeCost = 2_000;
const replayCost = 500;

@Resolver(() => CitationType)
export class CitationResolver {
  @For(signedIn)
  @Cost(citeCost)
  @Mutation(() => CitationType, { description: "Asks a query as nobody, of a final block, and makes it citable: anyone can read the citation and replay it. What only some may see, and what is told of now, cannot be cited. Costs what the cited query costs as well. Errors: BAD_INPUT, LIMIT_EXCEEDED, RATE_LIMITED, NOT_READY, CHAIN_UNAVAILABLE." })
  async cite(@Arg("input", () => CiteInput, { description: "What to cite." }) input: CiteInput, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<Citation> {
    return cite(context, info.schema, input);
  }

  @For(anyone)
  @Query(() => CitationType, { nullable: true, description: "A citation by its id; null if there is none." })
  async citation(@Arg("id", () => ID, { description: "Its id." }) id: string, @Ctx() { deps }: ApiContext): Promise<Citation | null> {
    return deps.database.getRepository(Citation).findOneBy({ id });
  }

  @For(anyone)
  @FieldResolver(() => String, { description: "Its stable address: JSON, or text/plain and application/x-bibtex by the Accept header." })
  url(@Root() citation: Citation, @Ctx() { deps }: ApiContext): string {
    return citationUrl(deps.publicUrl, citation);
  }

  @For(anyone)
  @FieldResolver()
  chainId(@Root() { chainId }: Citation): number {
    return Number(chainId);
  }

  @For(anyone)
  @FieldResolver()
  block(@Root() { blockNumber: number, blockHash: hash, blockTime: time }: Citation): BlockRef {
    return { number, hash, time };
  }

  @For(anyone)
  @FieldResolver(() => String, { description: "The citation for a list of references." })
  text(@Root() citation: Citation, @Ctx() { deps }: ApiContext): string {
    return citationText(citation, deps.publicUrl);
  }

  @For(anyone)
  @FieldResolver(() => String, { description: "The citation as a BibTeX entry." })
  bibtex(@Root() citation: Citation, @Ctx() { deps }: ApiContext): string {
    return citationBibtex(citation, deps.publicUrl);
  }

  @For(anyone)
  @Cost(replayCost)
  @FieldResolver(() => CitationReplay, { description: "Asks it again, of the same block: the same bytes, or why not. Costs what the cited query costs as well. Errors: NOT_READY, CHAIN_UNAVAILABLE, LIMIT_EXCEEDED, RATE_LIMITED." })
  async replay(@Root() citation: Citation, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<CitationReplay> {
    return replay(context, info.schema, citation);
  }
}
