import { UnrecoverableError, type Job, type Processor } from "bullmq";
import type { Logger } from "../platform/log.js";
import { parseJob } from "../platform/queue/queues.js";
import { classifyError } from "../platform/service/classify-error.js";
import type { AppError } from "../schema/errors.js";
import type { JobPayload, QueueName } from "../schema/jobs.js";
import type { Process } from "./deps.js";
import { giveUp, type GiveUpDeps } from "./give-up.js";
import { isOutage } from "./is-outage.js";

/**
 * The policy on errors, for every queue. What cannot get better is given up at once, a fault that does not go away after the last attempt; the reason
 * is in Postgres before the queue hears of it. While a service is away nothing is given up: the job leaves the queue after its last attempt, and
 * `dispatch` brings it back for as long as its row waits. What reaches BullMQ (and so Redis) is a code and a message of ours, never a cause or a stack.
 */
export function runJob<Name extends QueueName>(name: Name, process: Process<JobPayload<Name>>, deps: GiveUpDeps & { log: Logger }): Processor {
  return async (job: Job) => {
    const attempts = job.attemptsMade + 1;
    const jobKey = job.id ?? name;
    let payload: JobPayload<Name> | null = null;
    try {
      payload = parseJob(name, job.data);
      await process(payload);
    } catch (caught) {
      const error = classifyError(caught);
      const lastAttempt = attempts >= (job.opts.attempts ?? 1);
      const over = !error.retryable || (lastAttempt && !isOutage(error));
      deps.log[over ? "error" : "warn"]({ queue: name, job: jobKey, attempts, fault: loggable(error) }, over ? "a job was given up" : "a job will be tried again");
      const told = `${error.code}: ${error.message}`;
      if (!over) throw withoutStack(new Error(told));
      await giveUp(deps, { queue: name, jobKey, payload, error, attempts });
      throw withoutStack(new UnrecoverableError(told));
    }
  };
}

/** Parsers' and drivers' errors may quote the record: of a cause only its name and its place in the code are kept. */
function loggable({ code, message, cause, stack }: AppError): object {
  const places = (text: string | undefined): string[] => (text ?? "").split("\n").filter((line) => line.startsWith("    at ")).slice(0, 8);
  return cause instanceof Error ? { code, message, cause: cause.name, at: places(cause.stack) } : { code, message, at: places(stack) };
}

function withoutStack<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
