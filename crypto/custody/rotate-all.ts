import type { KeyWrapper } from "./key-wrapper.js";
import type { WrappedKey } from "./wrapped-key.js";

/** One record's key before and after. */
export interface Rotation {
  readonly from: WrappedKey;
  readonly to: WrappedKey;
}

export interface RotationCount {
  rotated: number;
  /** Sealed under the newest KEK already. */
  current: number;
  /** Changed or erased by somebody else meanwhile: left as they are. */
  changed: number;
}

/**
 * Brings the wrapping keys of all records under the newest KEK. Payloads and wrapped file keys stay as they are.
 * Resumable: a second run passes over what the first one did. The old KEK may be removed when a whole run has found all of them current.
 * @param batches - all keys, however read.
 * @param replace - stores each `to` **only where `from` is still what is stored** (compare and set), so that a key erased meanwhile
 *   does not come back. @returns how many it stored.
 */
export async function rotateAll(
  wrapper: Pick<KeyWrapper, "rotate">,
  batches: AsyncIterable<readonly WrappedKey[]> | Iterable<readonly WrappedKey[]>,
  replace: (rotations: readonly Rotation[]) => Promise<number>,
): Promise<RotationCount> {
  const count: RotationCount = { rotated: 0, current: 0, changed: 0 };
  for await (const batch of batches) {
    const rotations: Rotation[] = [];
    for (const from of batch) {
      const to = await wrapper.rotate(from.recordId, from);
      if (to !== null) rotations.push({ from, to });
    }
    const stored = rotations.length === 0 ? 0 : await replace(rotations);
    count.rotated += stored;
    count.changed += rotations.length - stored;
    count.current += batch.length - rotations.length;
  }
  return count;
}
