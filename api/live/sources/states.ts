import { Upload } from "../../../schema/entities/index.js";
import { AppError } from "../../../schema/errors.js";
import { requireOwnUpload } from "../../uploads/own-upload.js";
import type { AuditStats, ChainHead } from "../../types/live.js";
import type { IndexStatus } from "../../types/states.js";
import type { Lane } from "../entry.js";
import type { LiveQuery, LiveSource } from "../live-query.js";

/** Then nothing more happens to an upload. */
const over = ["REFUSED", "FAILED", "WITHDRAWN"];

/** A state that is read anew when something about it happened. It has no cursor: it always begins with the newest. */
const state = <Message>(lanes: readonly Lane[], keys: readonly string[] | null, read: () => Promise<Message>, isLast?: (message: Message) => boolean): LiveQuery => {
  const query: LiveQuery<Message> = {
    lanes,
    keys,
    isState: true,
    begin: async () => ({ place: null, snapshot: [await read()] }),
    map: async () => [await read()],
    cursorOf: () => null,
    ...(isLast ? { isLast } : {}),
  };
  return query as LiveQuery;
};

export const uploadProgress: LiveSource<{ id: string }> = async ({ database }, { id }, context) => {
  const { id: uploadId } = await requireOwnUpload(context, id);
  const read = async (): Promise<Upload> => {
    const upload = await database.getRepository(Upload).findOneBy({ id: uploadId });
    if (!upload) throw new AppError("NOT_FOUND", "No such upload of yours.");
    return upload;
  };
  return state(["activity"], [`upload:${uploadId}`], read, ({ status }) => over.includes(status));
};

export const chainHead: LiveSource<object> = ({ database }) =>
  state(["chain"], null, async (): Promise<ChainHead> => {
    const [row] = (await database.query("select height, hash, finalized_height, finalized_hash, status from chain_status where id = 1")) as { height: number; hash: string; finalized_height: number; finalized_hash: string; status: string }[];
    if (!row) throw new AppError("NOT_READY", "The index has not begun yet.");
    return { number: row.height, hash: row.hash, finalizedNumber: row.finalized_height, finalizedHash: row.finalized_hash, status: row.status as IndexStatus };
  });

const decisive = ["Listed", "Voted", "Approved", "Rejected", "ApprovalRevoked", "Delisted"];

export const auditStats: LiveSource<object> = ({ database }) =>
  state(["head", "activity"], [...decisive.map((name) => `name:${name}`), "kind:AUDIT"], async (): Promise<AuditStats> => {
    const [row] = (await database.query(
      `select w.depth, w.oldest, (select count(*)::int from app.audit_lease where expires_at > now()) as claims,
         (select count(*)::int from app.activity where kind = 'AUDIT' and payload->>'change' = 'EXPIRED' and at > now() - interval '24 hours') as breached,
         v.votes, v.agreeing
       from (select count(*)::int as depth, min(listed_time) as oldest from listing where to_block is null and status = 'PENDING') w,
         (select count(*)::int as votes, (count(*) filter (where v.approve = (l.status = 'APPROVED')))::int as agreeing
          from vote v join listing l on l.id = v.listing_id and l.to_block is null and l.status in ('APPROVED', 'REJECTED')) v`,
    )) as { depth: number; oldest: Date | null; claims: number; breached: number; votes: number; agreeing: number }[];
    const { depth, oldest, claims, breached, votes, agreeing } = row!;
    return { depth, oldestListedTime: oldest, claims, breachedLeases: breached, agreementPercent: votes === 0 ? null : Math.round((100 * agreeing) / votes) };
  });
