import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { BigIntScalar, DateTimeScalar } from "./scalars.js";

export enum AssignmentStatus {
  REQUESTED = "REQUESTED",
  DRAWN = "DRAWN",
  OPEN = "OPEN",
}

export enum RoundPhase {
  COMMIT = 0,
  REVEAL = 1,
}

registerEnumType(AssignmentStatus, {
  name: "AssignmentStatus",
  description: "Who may vote on a listing whose auditors are assigned by lot.",
  valuesConfig: {
    REQUESTED: { description: "Nobody yet: its round is not over, or not drawn." },
    DRAWN: { description: "The drawn auditors alone; every auditor once `exclusiveUntil` is past." },
    OPEN: { description: "Every auditor: three rounds failed." },
  },
});
registerEnumType(RoundPhase, {
  name: "RoundPhase",
  description: "The half of a round.",
  valuesConfig: { COMMIT: { description: "Auditors commit to secrets." }, REVEAL: { description: "They reveal them." } },
});

@For(asReached)
@ObjectType("DrawnAuditor", { description: "An auditor whom a listing was given by lot.", simpleResolvers: true })
export class DrawnAuditorType {
  @Field(() => ID, { description: "Who." }) auditor!: string;
  @Field(() => Int, { description: "Place in the draw, from 0." }) position!: number;
}

@For(asReached)
@ObjectType("Assignment", { description: "Who audits a listing, by lot, as the chain has it.", simpleResolvers: true })
export class AssignmentType {
  @Field(() => AssignmentStatus, { description: "Where it stands." }) status!: AssignmentStatus;
  @Field(() => BigIntScalar, { description: "The round that it is bound to, or was drawn by, or that failed last." }) round!: bigint;
  @Field(() => Int, { description: "Rounds that failed: too few secrets, or too few auditors who may be drawn." }) failedDraws!: number;
  @Field(() => String, { nullable: true, description: "The seed that the round's secrets made, once it is drawn." }) seed!: string | null;
  @Field(() => DateTimeScalar, { description: "Time of the block in which it last changed." }) blockTime!: Date;
  @Field(() => String, { description: "The transaction that last changed it." }) transactionHash!: string;
}

@For(asReached)
@ObjectType("AssignmentRound", { description: "The present round of secrets, by the chain's head.", simpleResolvers: true })
export class AssignmentRound {
  @Field(() => BigIntScalar, { description: "Its number." }) round!: bigint;
  @Field(() => RoundPhase, { description: "Its half." }) phase!: RoundPhase;
  @Field(() => DateTimeScalar, { description: "First moment of the next half." }) phaseEndsAt!: Date;
  @Field(() => Int, { description: "Length of a round, in seconds." }) roundSeconds!: number;
  @Field(() => Int, { description: "Secrets that were revealed in it so far." }) reveals!: number;
  @Field(() => Int, { description: "Revealed secrets that a draw takes." }) minReveals!: number;
  @Field(() => ID, { description: "The contract that draws." }) contract!: string;
}
