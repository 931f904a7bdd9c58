import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { AppError } from "../../schema/errors.js";
import { jobs, type JobPayload, type QueueName } from "../../schema/jobs.js";

/** Attempts before a job gives up, and the first pause between them in ms (it doubles). */
export const jobAttempts = 5;
const backoffMs = 500;

export interface Queues {
  /**
   * Adds a job unless one with this key waits or runs. Losing it does no harm: dispatch finds it again in Postgres.
   * @throws AppError JOB_PAYLOAD_INVALID
   */
  add<Name extends QueueName>(name: Name, key: string, payload: JobPayload<Name>): Promise<void>;
  queue(name: QueueName): Queue;
  close(): Promise<void>;
}

export function createQueues(redis: Redis): Queues {
  const queues = new Map<QueueName, Queue>();
  const queue = (name: QueueName): Queue => {
    let found = queues.get(name);
    if (!found) {
      found = new Queue(name, { connection: redis, prefix: "galen" });
      found.on("error", () => undefined); // a lost connection is opened again, and add() waits for it
      queues.set(name, found);
    }
    return found;
  };
  return {
    queue,
    async add(name, key, payload) {
      await queue(name).add(name, parseJob(name, payload), {
        jobId: `${name}-${key}`,
        attempts: jobAttempts,
        backoff: { type: "exponential", delay: backoffMs },
        // Postgres keeps the history: a finished or failed job must not block its key.
        removeOnComplete: true,
        removeOnFail: true,
      });
    },
    async close() {
      await Promise.all([...queues.values()].map((each) => each.close()));
    },
  };
}

/** @throws AppError JOB_PAYLOAD_INVALID, naming what is wrong. */
export function parseJob<Name extends QueueName>(name: Name, payload: unknown): JobPayload<Name> {
  const parsed = jobs[name].safeParse(payload);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join(".") || "payload"}: ${issue.message}`).join("; ");
    throw new AppError("JOB_PAYLOAD_INVALID", `A job of the queue ${name} has a wrong payload: ${wrong}`, { cause: parsed.error });
  }
  return parsed.data as JobPayload<Name>;
}
