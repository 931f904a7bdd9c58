import { Field, Int, ObjectType } from "type-graphql";
import type { CheckResult } from "../../schema/entities/index.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { DateTimeScalar, JsonScalar } from "./scalars.js";
import { CheckState, CheckWitness } from "./states.js";

@For(asReached)
@ObjectType("CheckSummary", { description: "How a check of a record set ended, without what it found.", simpleResolvers: true })
export class CheckSummary {
  @Field(() => String, { description: "Its name, e.g. residual-identifiers: see docs/checks.md." }) name!: string;
  @Field(() => Int, { description: "Version of the list of checks that it belongs to." }) listVersion!: number;
  @Field(() => CheckState, { description: "How it ended." }) outcome!: CheckState;
  @Field(() => Boolean, { description: "Whether a failure stops the upload." }) blocking!: boolean;
  @Field(() => CheckWitness, { description: "Whose word it is: PROVIDER in client-side mode, where it was not recomputed." }) attestedBy!: CheckWitness;
}

@For(asReached)
@ObjectType("Check", { description: "What a check of a record set found.", simpleResolvers: true })
export class Check extends CheckSummary {
  @Field(() => JsonScalar, { description: "Counts and shares, never a value of the record. Listings of others are named to auditors alone." }) evidence!: unknown;
  @Field(() => DateTimeScalar, { description: "When." }) checkedAt!: Date;
}

/** The same, without naming sets of others: whoever uploads must not learn whose they are. */
export const withoutOthers = (results: readonly CheckResult[]): CheckResult[] =>
  results.map((result) => {
    const { listings: _listings, ...evidence } = result.evidence as Record<string, unknown>;
    return { ...result, evidence };
  });
