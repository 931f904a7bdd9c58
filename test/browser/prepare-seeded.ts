import { prepareRecord, type PreparedRecord } from "../../client/client-side/prepare-record.js";
import type { Backend } from "../../crypto/backend/backend.js";
import { u64 } from "../../crypto/bytes.js";
import { bytesSource, collect } from "../../records/index.js";

/** Prepares a record with numbers that are not random and a day that stands still, so that two machines must come to the same bytes. */
export async function prepareSeeded(backend: Backend, source: Uint8Array, recipient: string): Promise<{ prepared: PreparedRecord; stored: Uint8Array }> {
  let drawn = 0;
  const randomBytes = (length: number): Uint8Array => {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, () => backend.sha256(u64(drawn++)));
    return Uint8Array.from(blocks.flatMap((block) => [...block])).slice(0, length);
  };
  let stored: Uint8Array = new Uint8Array(0);
  const store = {
    write: async (bytes: AsyncIterable<Uint8Array>): Promise<void> => void (stored = (await collect(bytes)).slice()),
    open: () => bytesSource(stored)(),
  };
  const prepared = await prepareRecord({ ...backend, randomBytes }, bytesSource(source), { store, custody: { recipient }, secret: new Uint8Array(32).fill(1), notes: true, referenceDate: new Date("2026-01-01T00:00:00Z") });
  return { prepared, stored };
}
