import { Worker, type Processor } from "bullmq";
import type { Redis } from "ioredis";
import { Counter, Histogram, type Registry } from "prom-client";
import type { Logger } from "../platform/log.js";
import { AppError } from "../schema/errors.js";
import { jobs, type JobPayload, type QueueName } from "../schema/jobs.js";
import { backlogMetrics } from "./backlog-metrics.js";
import type { Process, WorkerDeps } from "./deps.js";
import { giveUp } from "./give-up.js";
import { anchor } from "./jobs/anchor.js";
import { check } from "./jobs/check.js";
import { deidentify } from "./jobs/deidentify.js";
import { deliver } from "./jobs/deliver.js";
import { encrypt } from "./jobs/encrypt.js";
import { erase } from "./jobs/erase.js";
import { ingest } from "./jobs/ingest.js";
import { price } from "./jobs/price.js";
import { publish } from "./jobs/publish.js";
import { retrain } from "./jobs/retrain.js";
import { store } from "./jobs/store.js";
import { runJob } from "./run-job.js";

/** Jobs of each queue at once in one process. Those that parse or encrypt are bound by the processor, the others wait for services. */
const concurrency: Readonly<Record<QueueName, number>> = { ingest: 2, deidentify: 2, check: 2, price: 4, encrypt: 2, store: 4, publish: 8, deliver: 8, erase: 2, anchor: 1, retrain: 1 };

/** A job whose process died is free again after this, in ms. A process that is merely slow may see its job run twice: that does no harm. */
const lockMs = 5_000;
const stalledCheckMs = 2_500;
/**
 * Deaths under one job after which it is given up: a record that kills its worker must not do so for ever. Many, for a death counts for every job that was
 * under way in the process, and a step that keeps the processor busy for longer than the lock counts as well.
 */
const deathsAllowed = 15;
/** BullMQ's words for such a job. */
const stalledMessage = /stalled more than allowable limit/;

type Processes = { [Name in QueueName]: Process<JobPayload<Name>> };

/** Starts a BullMQ worker a queue. */
export function startJobs(deps: WorkerDeps & { redis: Redis; log: Logger; metrics: Registry }): { close(): Promise<void> } {
  const { redis, log, metrics } = deps;
  const processes: Processes = {
    ingest: ingest(deps),
    deidentify: deidentify(deps),
    check: check(deps),
    price: price(deps),
    encrypt: encrypt(deps),
    store: store(deps),
    publish: publish(deps),
    deliver: deliver(deps),
    erase: erase(deps),
    anchor: anchor(deps),
    retrain: retrain(deps),
  };
  const seconds = new Histogram({ name: "galen_job_seconds", help: "Time that a job's attempt took.", labelNames: ["queue"], buckets: [0.01, 0.05, 0.2, 1, 5, 30, 120], registers: [metrics] });
  const ended = new Counter({ name: "galen_jobs_total", help: "Attempts of jobs by their outcome.", labelNames: ["queue", "outcome"], registers: [metrics] });

  backlogMetrics(deps.database, metrics);

  const start = <Name extends QueueName>(name: Name): Worker => {
    const run = runJob(name, processes[name], deps);
    const timed: Processor = async (job) => {
      const stop = seconds.startTimer({ queue: name });
      try {
        await run(job);
        ended.inc({ queue: name, outcome: "done" });
      } catch (error) {
        ended.inc({ queue: name, outcome: "failed" });
        throw error;
      } finally {
        stop();
      }
    };
    const worker = new Worker(name, timed, { connection: redis, prefix: "galen", concurrency: concurrency[name], lockDuration: lockMs, stalledInterval: stalledCheckMs, maxStalledCount: deathsAllowed });
    worker.on("error", (error) => log.warn({ queue: name, message: error.message }, "the queue has trouble"));
    worker.on("failed", (job, error) => {
      if (!job || !stalledMessage.test(error.message)) return; // runJob has told every other failure
      const payload = jobs[name].safeParse(job.data);
      const fault = new AppError("INTERNAL", "The process ended each time that this was worked on.");
      void giveUp(deps, { queue: name, jobKey: job.id ?? name, payload: payload.success ? payload.data : null, error: fault, attempts: deathsAllowed + 1 }).catch((cause: unknown) =>
        log.error({ queue: name, job: job.id, error: cause }, "a job could not be given up"),
      );
    });
    return worker;
  };
  const workers = (Object.keys(processes) as QueueName[]).map((name) => start(name));
  return {
    /** Lets the jobs under way end. */
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
