import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import type { ApiContext } from "../context.js";
import { AppError } from "../../schema/errors.js";
import { readHealth } from "../operator/health.js";
import { readJobs } from "../operator/jobs.js";
import { preparePause } from "../operator/prepare-pause.js";
import { retryJob } from "../operator/retry-job.js";
import { For } from "../rules/rule.js";
import { operator } from "../rules/rules.js";
import { Health, Jobs } from "../types/operator.js";
import { PreparedTransaction } from "../types/step.js";

@Resolver()
export class OperatorResolver {
  @For(operator)
  @Query(() => Jobs, { description: "The workers' queues, and the jobs that were given up. Operators only. Errors: FORBIDDEN, REDIS_UNAVAILABLE." })
  async jobs(@Arg("all", () => Boolean, { defaultValue: false, description: "Also jobs that were taken up again." }) all: boolean, @Ctx() { deps }: ApiContext): Promise<Jobs> {
    return readJobs(deps, all);
  }

  @For(operator)
  @Query(() => Health, { description: "Whether each part of the platform works, and what waits. Operators only. Errors: FORBIDDEN." })
  async health(@Ctx() { deps }: ApiContext): Promise<Health> {
    return readHealth(deps);
  }

  @For(operator)
  @Mutation(() => Boolean, { description: "Takes a job that was given up up again. Operators only. Errors: FORBIDDEN, BAD_INPUT, NOT_FOUND, CONFLICT (nothing of it is left to retry)." })
  async retryJob(@Arg("id", () => ID, { description: "The dead letter." }) id: string, @Ctx() { deps }: ApiContext): Promise<boolean> {
    if (!/^\d{1,18}$/.test(id)) throw new AppError("BAD_INPUT", "id: a whole number", { details: { field: "id" } });
    await retryJob(deps.database, BigInt(id));
    return true;
  }

  @For(operator)
  @Mutation(() => PreparedTransaction, { description: "Pauses new business on the market, for the operator's wallet to send. Operators only. Errors: FORBIDDEN, CONFLICT." })
  async pause(@Ctx() context: ApiContext): Promise<PreparedTransaction> {
    return preparePause(context, true);
  }

  @For(operator)
  @Mutation(() => PreparedTransaction, { description: "Ends a pause early, for the operator's wallet to send. Operators only. Errors: FORBIDDEN, CONFLICT." })
  async resume(@Ctx() context: ApiContext): Promise<PreparedTransaction> {
    return preparePause(context, false);
  }
}
