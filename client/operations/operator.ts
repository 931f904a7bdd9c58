import { operation } from "./operation.js";

/** A job that was given up. */
export interface DeadLetter {
  id: string;
  queue: string;
  jobKey: string;
  errorCode: string;
  errorMessage: string;
  attempts: number;
  failedAt: string;
  retriedAt: string | null;
}

export const jobs = operation<{ jobs: { queues: { name: string; waiting: number; active: number; delayed: number }[]; deadLetters: DeadLetter[] } }, { all: boolean }>(
  "query Jobs($all: Boolean!) { jobs(all: $all) { queues { name waiting active delayed } deadLetters { id queue jobKey errorCode errorMessage attempts failedAt retriedAt } } }",
);

export const retryJob = operation<{ retryJob: boolean }, { id: string }>("mutation RetryJob($id: ID!) { retryJob(id: $id) }");
