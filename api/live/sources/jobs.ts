import { AppError } from "../../../schema/errors.js";
import { decodeCursor, encodeCursor } from "../../paging/cursor.js";
import type { JobEvent } from "../../types/live.js";
import type { LiveQuery, LiveSource } from "../live-query.js";
import { placeAt } from "../place-at.js";

const kinds = ["UPLOAD", "GRANT", "JOB"];
const scope = "jobs";

/** What the platform's feed tells of work: uploads and grants on their way, and jobs that gave up. */
export const jobs: LiveSource<object> = ({ keys }) => {
  const query: LiveQuery<JobEvent> = {
    lanes: ["activity"],
    keys: kinds.map((kind) => `kind:${kind}`),
    begin(after) {
      if (after === null) return Promise.resolve({ place: null, snapshot: [] });
      const [seq] = decodeCursor(keys.cursor, scope, after);
      if (typeof seq !== "string") throw new AppError("CURSOR_INVALID", "The cursor was not issued by this API, or for another query.");
      return Promise.resolve({ place: placeAt({ activity: BigInt(seq) }), snapshot: [] });
    },
    map: (steps) =>
      steps.map(({ entry }) => {
        if (entry.lane !== "activity") return null;
        const { seq, at, kind, uploadId, grantId, listingId, orderId } = entry.activity;
        const { status = null, errorCode = null, queue = null, jobKey = null, attempts = null } = entry.activity.payload as Partial<Record<"status" | "errorCode" | "queue" | "jobKey", string>> & { attempts?: number };
        return { seq, cursor: encodeCursor(keys.cursor, scope, [seq.toString()]), at, kind, uploadId, grantId, listingId, orderId, status, errorCode, queue, jobKey, attempts };
      }),
    cursorOf: ({ cursor }) => cursor,
  };
  return query as LiveQuery;
};
