import { Field, ID, Int, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { operator } from "../rules/rules.js";
import { BigIntScalar, DateTimeScalar } from "./scalars.js";

@For(operator)
@ObjectType("DeadLetter", { description: "A job that was given up, with its reason.", simpleResolvers: true })
export class DeadLetterType {
  @Field(() => ID, { description: "Its id." }) id!: string;
  @Field(() => String, { description: "The queue." }) queue!: string;
  @Field(() => String, { description: "The job's key: the queue and the id of what it worked on." }) jobKey!: string;
  @Field(() => String, { description: "The error's code." }) errorCode!: string;
  @Field(() => String, { description: "In words, without any of the content." }) errorMessage!: string;
  @Field(() => Int, { description: "How often it was tried." }) attempts!: number;
  @Field(() => DateTimeScalar, { description: "When it was given up." }) failedAt!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: "When it was taken up again." }) retriedAt!: Date | null;
}

@For(operator)
@ObjectType("QueueState", { description: "What a queue holds now.", simpleResolvers: true })
export class QueueState {
  @Field(() => String, { description: "The queue." }) name!: string;
  @Field(() => Int, { description: "Jobs that wait." }) waiting!: number;
  @Field(() => Int, { description: "Jobs that are being worked on." }) active!: number;
  @Field(() => Int, { description: "Jobs that will be tried again." }) delayed!: number;
}

@For(operator)
@ObjectType("Jobs", { description: "The workers' queues, and what was given up.", simpleResolvers: true })
export class Jobs {
  @Field(() => [QueueState], { description: "The queues." }) queues!: QueueState[];
  @Field(() => [DeadLetterType], { description: "What was given up, newest first (at most 500)." }) deadLetters!: DeadLetterType[];
}

@For(operator)
@ObjectType("HealthCheck", { description: "One part of the platform.", simpleResolvers: true })
export class HealthCheck {
  @Field(() => String, { description: "database, redis, chain, objects or index." }) name!: string;
  @Field(() => Boolean, { description: "Whether it works." }) ok!: boolean;
  @Field(() => String, { description: "ok, or why it does not." }) detail!: string;
}

@For(operator)
@ObjectType("Health", { description: "How the platform is.", simpleResolvers: true })
export class Health {
  @Field(() => Boolean, { description: "Whether every part works." }) ok!: boolean;
  @Field(() => [HealthCheck], { description: "The parts." }) checks!: HealthCheck[];
  @Field(() => BigIntScalar, { description: "Uploads on their way." }) openUploads!: bigint;
  @Field(() => BigIntScalar, { description: "Access grants that wait for their header." }) openGrants!: bigint;
  @Field(() => BigIntScalar, { description: "Transactions that are not final." }) openTransactions!: bigint;
  @Field(() => BigIntScalar, { description: "Jobs that were given up and not taken up again." }) openDeadLetters!: bigint;
}
