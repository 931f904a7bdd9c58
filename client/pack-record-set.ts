import type { RecordSource } from "../records/index.js";

/** Several files as one record set, for `uploadFile`. */
export interface PackedRecordSet {
  /** Bytes of the archive. */
  readonly size: number;
  /** Packs the files: the same bytes each time, so that a broken upload can go on. */
  readonly open: RecordSource;
}

/**
 * Packs files into the archive that the platform de-identifies as one record set: with one key, so the same patient is one person in all of them.
 * Their names stay here. Reads every file once for the size, and again for each upload; nothing is written to the disk.
 * @param files - in the order in which they are to stand
 */
export async function packRecordSet(files: readonly RecordSource[]): Promise<PackedRecordSet> {
  const { writeZip } = await import("../records/index.js");
  async function* members(): AsyncGenerator<{ name: string; bytes: AsyncIterable<Uint8Array> }> {
    for (const [at, file] of files.entries()) yield { name: String(at + 1).padStart(5, "0"), bytes: file() };
  }
  let size = 0;
  for await (const piece of writeZip(members())) size += piece.length;
  return { size, open: () => writeZip(members()) };
}
