import type { DataSource, EntityManager } from "typeorm";
import { AppError } from "../../schema/errors.js";
import type { UploadQuota } from "../types/upload-quota.js";

/** What one provider may do; 0 = without limit. */
export interface UploadLimits {
  readonly bytesPerDay: number;
  readonly uploadsPerDay: number;
  /** Begun, and not sent whole. */
  readonly atOnce: number;
}

/** Limits beside what an account has used of them. */
export interface UsedQuota {
  limits: UploadLimits;
  bytes: bigint;
  uploads: number;
  open: number;
}

/** What was announced counts, for it may still come; of what was taken back only what came. The window of 24 hours slides. */
const counted = "case when status = 'WITHDRAWN' then received else size end";
const inWindow = "owner = $1 and created_at > now() - interval '24 hours'";

export async function readQuota(database: DataSource | EntityManager, limits: UploadLimits, account: string): Promise<UsedQuota> {
  const [row] = (await database.query(
    `select coalesce(sum(${counted}), 0)::text as bytes, count(*)::int as uploads,
       (select count(*)::int from app.upload where owner = $1 and status = 'CREATED') as open
     from app.upload where ${inWindow}`,
    [account],
  )) as { bytes: string; uploads: number; open: number }[];
  return { limits, bytes: BigInt(row?.bytes ?? 0), uploads: row?.uploads ?? 0, open: row?.open ?? 0 };
}

export function showQuota({ limits, bytes, uploads, open }: UsedQuota): UploadQuota {
  const left = (limit: number, used: number): number | null => (limit === 0 ? null : Math.max(0, limit - used));
  const bytesLeft = BigInt(limits.bytesPerDay) - bytes;
  return {
    bytesPerDay: limits.bytesPerDay === 0 ? null : BigInt(limits.bytesPerDay),
    bytesLeft: limits.bytesPerDay === 0 ? null : bytesLeft > 0n ? bytesLeft : 0n,
    uploadsPerDay: limits.uploadsPerDay === 0 ? null : limits.uploadsPerDay,
    uploadsLeft: left(limits.uploadsPerDay, uploads),
    atOnce: limits.atOnce === 0 ? null : limits.atOnce,
    atOnceLeft: left(limits.atOnce, open),
  };
}

/**
 * Lets an upload begin if the account's quotas have room for it. One upload of an account begins at a time: two at once cannot share the last room.
 * @param manager - of the transaction that writes the upload.
 * @throws AppError QUOTA_EXCEEDED (details: quota, limit, left, retryAfterSeconds; null where waiting alone does not help)
 */
export async function requireQuota(manager: EntityManager, limits: UploadLimits, account: string, size: bigint): Promise<void> {
  await manager.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`galen/upload-quota/${account}`]);
  const { bytes, uploads, open } = await readQuota(manager, limits, account);
  const exceeded = (quota: string, limit: number, left: string, retryAfterSeconds: number | null, what: string): AppError =>
    new AppError("QUOTA_EXCEEDED", what, { details: { quota, limit, left, retryAfterSeconds } });
  if (limits.atOnce > 0 && open >= limits.atOnce) {
    throw exceeded("UPLOADS_AT_ONCE", limits.atOnce, "0", null, `${open} uploads are begun and not sent whole, which is the most: finish or withdraw one.`);
  }
  if (limits.uploadsPerDay > 0 && uploads >= limits.uploadsPerDay) {
    const wait = await waitFor(manager, account, "1", BigInt(uploads - limits.uploadsPerDay + 1));
    throw exceeded("UPLOADS_PER_DAY", limits.uploadsPerDay, "0", wait, `${limits.uploadsPerDay} uploads were begun in 24 hours, which is the most: ${again(wait)}`);
  }
  const limit = BigInt(limits.bytesPerDay);
  if (limit > 0n && bytes + size > limit) {
    const left = bytes > limit ? 0n : limit - bytes;
    const wait = size > limit ? null : await waitFor(manager, account, counted, bytes + size - limit);
    throw exceeded("UPLOAD_BYTES_PER_DAY", limits.bytesPerDay, left.toString(), wait, `${left} bytes are left of ${limit} in 24 hours: ${again(wait)}`);
  }
}

const again = (seconds: number | null): string => (seconds === null ? "the file is larger than a whole day's." : `try again in ${seconds} s.`);

/** @returns seconds until the oldest uploads that leave the window make so much room. */
async function waitFor(manager: EntityManager, account: string, weight: string, room: bigint): Promise<number | null> {
  const [row] = (await manager.query(
    `select ceil(extract(epoch from created_at + interval '24 hours' - now()))::int as seconds from (
       select id, created_at, sum(${weight}) over (order by created_at, id) as freed from app.upload where ${inWindow}
     ) f where freed >= $2 order by created_at, id limit 1`,
    [account, room.toString()],
  )) as { seconds: number }[];
  return row ? Math.max(1, row.seconds) : null;
}
