import type { JobPayload, QueueName } from "../../schema/jobs.js";
import type { ApiDeps } from "../deps.js";

/** How long a caller waits for a queue that does not answer, in ms. */
const patienceMs = 1_000;

/** Puts a job into its queue at once. A lost Redis fails nobody's request: the state is in Postgres, where dispatch finds it. */
export async function enqueue<Name extends QueueName>({ queues, log }: Pick<ApiDeps, "queues" | "log">, name: Name, key: string, payload: JobPayload<Name>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const added = queues.add(name, key, payload).catch((error: unknown) => log.warn({ error, queue: name }, "a job could not be queued; dispatch will find it"));
  await Promise.race([added, new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)))]);
  clearTimeout(timer);
}
