import type { DataSource } from "typeorm";
import type { KeyWrapper } from "../crypto/custody/key-wrapper.js";
import { parseWrappedKey } from "../crypto/custody/wrapped-key.js";

/** Keys read and written in one statement. */
const batchSize = 500;

export interface RotateKeysOptions {
  database: DataSource;
  fileKeys: KeyWrapper;
  /** Version of the key-encryption key that every record shall be under. */
  newestVersion: number;
  /** Told after each batch: keys sealed anew so far. */
  onProgress?: (rotated: number) => void;
  signal?: AbortSignal;
}

/**
 * Seals every record's wrapping key under the newest key-encryption key; payloads and file keys are not touched. May be stopped and started again at
 * any time, by several at once, and beside running jobs: what is done is skipped, and a key destroyed meanwhile stays destroyed.
 * @returns how many were sealed anew.
 */
export async function rotateKeys({ database, fileKeys, newestVersion, onProgress, signal }: RotateKeysOptions): Promise<number> {
  let rotated = 0;
  for (let after = "00000000-0000-0000-0000-000000000000"; ; ) {
    signal?.throwIfAborted();
    const rows = (await database.query(
      "select record_id, kek_version, wrapped from app.record_key where record_id > $1 and kek_version < $2 and wrapped is not null order by record_id limit $3",
      [after, newestVersion, batchSize],
    )) as { record_id: string; kek_version: number; wrapped: unknown }[];
    const last = rows.at(-1);
    if (!last) return rotated;
    after = last.record_id;
    const sealed = await Promise.all(rows.map(async (row) => ({ row, wrapped: await fileKeys.rotate(row.record_id, parseWrappedKey(row.wrapped)) })));
    const changed = sealed.flatMap(({ row, wrapped }) => (wrapped === null ? [] : [{ row, wrapped }]));
    const [, affected] = (await database.query(
      `update app.record_key k set wrapped = n.wrapped::jsonb, kek_version = n.version
       from unnest($1::uuid[], $2::integer[], $3::text[], $4::integer[]) as n (id, old, wrapped, version)
       where k.record_id = n.id and k.kek_version = n.old and k.wrapped is not null`,
      [changed.map(({ row }) => row.record_id), changed.map(({ row }) => row.kek_version), changed.map(({ wrapped }) => JSON.stringify(wrapped)), changed.map(({ wrapped }) => wrapped.kekVersion)],
    )) as [unknown, number];
    rotated += affected;
    onProgress?.(rotated);
  }
}
