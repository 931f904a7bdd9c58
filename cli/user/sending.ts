import type { Readable } from "node:stream";
import { operations, waitForUpload, type GalenClient } from "../../client/index.js";
import { AppError } from "../../schema/errors.js";
import type { UserContext } from "./context.js";

/** What one upload sends. */
export interface Sending {
  /** What the user calls it. */
  file: string;
  size: number;
  open: () => Readable;
}

/** @throws AppError NOT_FOUND */
export async function ownUpload(client: GalenClient, id: string): Promise<operations.Upload> {
  const { upload } = await client.request(operations.upload, { id });
  if (!upload) throw new AppError("NOT_FOUND", "No such upload of yours.");
  return upload;
}

/** Waits until nothing more is to be done for an upload but to publish it, or until it is in one of the other states, and says how far it is. */
export const waitUntilStored = (context: UserContext, client: GalenClient, id: string, file: string, others: readonly string[] = []): Promise<operations.Upload> =>
  waitForUpload(client, id, [...others, "STORED", "CONSENTED", "SUBMITTED"], { onStatus: ({ status }) => context.print.note(`${file}: ${status}`) });
