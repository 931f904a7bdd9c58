import type { JobPayload } from "../../schema/jobs.js";
import type { Process, WorkerDeps } from "../deps.js";
import { eraseRecord } from "../erase-record.js";

export type EraseDeps = Pick<WorkerDeps, "database" | "objects" | "signingKey">;

/** Erases a record whose provider asked for it. Throws NOT_FOUND where there is no key of it: nothing was stored yet. */
export const erase = ({ database, objects, signingKey }: EraseDeps): Process<JobPayload<"erase">> => async ({ uploadId }) => {
  await eraseRecord({ database, objects, signingKey: signingKey() }, uploadId);
};
