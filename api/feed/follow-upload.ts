import { Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import type { ApiContext } from "../context.js";
import { requireOwnUpload } from "../uploads/own-upload.js";
import { checkSession } from "./check-session.js";
import { follow } from "./follow.js";
import { stoppable } from "./stoppable.js";

/** Then nothing more happens to an upload. */
const over = ["REFUSED", "FAILED", "WITHDRAWN"];

/**
 * The upload as it is, then as it is after each entry of the platform's feed about it.
 * @throws AppError UNAUTHENTICATED, NOT_FOUND
 */
export async function followUpload(context: ApiContext, id: string): Promise<AsyncIterableIterator<Upload>> {
  const { id: uploadId } = await requireOwnUpload(context, id);
  const { database, wakes } = context.deps;
  const newest = async (): Promise<Upload> => {
    const upload = await database.getRepository(Upload).findOneBy({ id: uploadId });
    if (!upload) throw new AppError("NOT_FOUND", "No such upload of yours.");
    return upload;
  };
  return stoppable(async function* (signal) {
    // The number first: what happens between it and the read comes again as a change.
    const [row] = (await database.query("select last_seq from app.activity_counter where id = 1")) as { last_seq: string }[];
    const first = await newest();
    yield first;
    if (over.includes(first.status)) return;
    const changes = follow({
      wakes,
      feed: "activity",
      after: BigInt(row?.last_seq ?? 0),
      read: async (after, limit) =>
        ((await database.query("select seq from app.activity where upload_id = $1 and seq > $2 order by seq limit $3", [uploadId, after.toString(), limit])) as { seq: string }[]).map(({ seq }) => BigInt(seq)),
      seqOf: (seq) => seq,
      check: () => checkSession(context),
      signal,
    });
    for await (const _seq of changes) {
      const upload = await newest();
      yield upload;
      if (over.includes(upload.status)) return;
    }
  });
}
