import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from "type-graphql";
import type { Assignment, DrawnAuditor } from "../../schema/entities/index.js";
import { Role } from "../../schema/market.js";
import { readRound } from "../chain/audit-draw.js";
import type { ApiContext } from "../context.js";
import { resolveRelated } from "../reading/resolve-related.js";
import { assignmentTable } from "../reading/tables.js";
import { For } from "../rules/rule.js";
import { accredited, anyone, signedIn } from "../rules/rules.js";
import { prepareCommit, prepareReveal } from "../steps/secrets.js";
import { AssignmentRound, AssignmentType, DrawnAuditorType } from "../types/assignment.js";
import { BigIntScalar, DateTimeScalar } from "../types/scalars.js";
import { PreparedTransaction } from "../types/step.js";

@Resolver(() => AssignmentType)
export class AssignmentResolver {
  @For(anyone)
  @Query(() => AssignmentRound, { nullable: true, description: "The present round in which auditors commit to secrets and reveal them; null where the market assigns none by lot. Errors: CHAIN_UNAVAILABLE." })
  async assignmentRound(@Ctx() { deps: { market } }: ApiContext): Promise<AssignmentRound | null> {
    return readRound(market);
  }

  @For(accredited(Role.AUDITOR))
  @Mutation(() => PreparedTransaction, { description: "Auditor: commits to a secret of the present round, in its first half. The secret stays with the auditor. Errors: NOT_ACCREDITED, NOT_FOUND (no draws here), CONFLICT, BAD_INPUT, CHAIN_UNAVAILABLE." })
  async commitSecret(
    @Arg("round", () => BigIntScalar, { description: "The present round." }) round: bigint,
    @Arg("commitment", () => String, { description: "keccak256 over chain id, contract, round, auditor and the 32-byte secret, ABI-encoded." }) commitment: string,
    @Ctx() context: ApiContext,
  ): Promise<PreparedTransaction> {
    return prepareCommit(context, round, commitment);
  }

  @For(signedIn)
  @Mutation(() => PreparedTransaction, { description: "Who committed: reveals the secret, in the round's second half. It is public from then on. Errors: NOT_FOUND (no draws here), CONFLICT, BAD_INPUT, CHAIN_UNAVAILABLE." })
  async revealSecret(
    @Arg("round", () => BigIntScalar, { description: "The present round." }) round: bigint,
    @Arg("secret", () => String, { description: "The 32 bytes that were committed to." }) secret: string,
    @Ctx() context: ApiContext,
  ): Promise<PreparedTransaction> {
    return prepareReveal(context, round, secret);
  }

  @For(anyone)
  @FieldResolver(() => DateTimeScalar, { nullable: true, description: "Until when only the drawn auditors may vote, a pause of the market apart, which makes it later; null if none are drawn." })
  exclusiveUntil(@Root() { exclusiveUntil }: Assignment): Date | null {
    return exclusiveUntil === null ? null : new Date(Number(exclusiveUntil) * 1000);
  }

  @For(anyone)
  @FieldResolver(() => [DrawnAuditorType], { description: "The drawn auditors, in the order of the draw." })
  auditors(@Root() assignment: Assignment, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): DrawnAuditor[] | Promise<DrawnAuditor[]> {
    return resolveRelated(context, assignmentTable, assignment, info);
  }
}
