import { createHash } from "node:crypto";

/** Lets bytes through and knows their number and SHA-256 once they are all through. */
export function measure(source: AsyncIterable<Uint8Array>): { bytes: AsyncIterable<Uint8Array>; result(): { size: bigint; sha256: string } } {
  const hash = createHash("sha256");
  let size = 0n;
  async function* through(): AsyncGenerator<Uint8Array> {
    for await (const bytes of source) {
      hash.update(bytes);
      size += BigInt(bytes.length);
      yield bytes;
    }
  }
  return { bytes: through(), result: () => ({ size, sha256: hash.digest("hex") }) };
}
