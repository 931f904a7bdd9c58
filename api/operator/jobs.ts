import { IsNull } from "typeorm";
import { DeadLetter } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { jobs, type QueueName } from "../../schema/jobs.js";
import type { ApiDeps } from "../deps.js";
import type { Jobs, QueueState } from "../types/operator.js";

/** Longest list told at once. */
const limit = 500;
/** How long a Redis that does not answer is waited for, in ms. */
const patienceMs = 1_000;

/** @param all - also what was taken up again. @throws AppError REDIS_UNAVAILABLE */
export async function readJobs({ database, queues }: Pick<ApiDeps, "database" | "queues">, all: boolean): Promise<Jobs> {
  const counted = Promise.all(
    (Object.keys(jobs) as QueueName[]).map(async (name): Promise<QueueState> => {
      const { waiting = 0, active = 0, delayed = 0, prioritized = 0 } = await queues.queue(name).getJobCounts("waiting", "active", "delayed", "prioritized");
      return { name, waiting: waiting + prioritized, active, delayed };
    }),
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(new AppError("REDIS_UNAVAILABLE", "The queues cannot be asked now.")), patienceMs)));
  try {
    const states = await Promise.race([counted, late]);
    const letters = await database.getRepository(DeadLetter).find({ ...(all ? {} : { where: { retriedAt: IsNull() } }), order: { failedAt: "DESC", id: "DESC" }, take: limit });
    return { queues: states, deadLetters: letters.map((letter) => ({ ...letter, id: letter.id.toString() })) };
  } finally {
    clearTimeout(timer);
    counted.catch(() => undefined);
  }
}
