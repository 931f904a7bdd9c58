import assert from "node:assert/strict";
import { it } from "node:test";
import { nodeBackend as backend } from "../backend/node.js";
import { toHex } from "../bytes.js";
import { newFileKey } from "../envelope/encrypt-stream.js";
import { defaultSuite } from "../suite-names.js";
import { createKeyWrapper } from "./key-wrapper.js";
import { keyringKek } from "./keyring-kek.js";
import { newKeyring, withNewKek, withoutKeksBelow } from "./keyring.js";
import { type Rotation, rotateAll } from "./rotate-all.js";
import type { WrappedKey } from "./wrapped-key.js";

it("rotates all, resumes after a crash, and brings no erased key back", async () => {
  let keyring = newKeyring(backend);
  const keys = createKeyWrapper(backend, keyringKek(backend, () => keyring), () => keyring.identities);
  const fileKeys = new Map(Array.from({ length: 9 }, (_, index) => [`record-${index}`, newFileKey(backend)]));
  const stored = new Map<string, WrappedKey | null>();
  for (const [id, fileKey] of fileKeys) stored.set(id, await keys.wrap(id, fileKey, defaultSuite));
  keyring = withNewKek(backend, keyring);

  const batches = function* () {
    const all = [...stored.values()].filter((key) => key !== null);
    for (let at = 0; at < all.length; at += 4) yield all.slice(at, at + 4);
  };
  const replace = async (rotations: readonly Rotation[]) => {
    const unchanged = rotations.filter(({ from }) => stored.get(from.recordId)?.recordKey === from.recordKey);
    for (const { from, to } of unchanged) stored.set(from.recordId, to);
    return unchanged.length;
  };

  let calls = 0;
  await assert.rejects(rotateAll(keys, batches(), async (rotations) => {
    if (++calls === 2) throw new Error("killed");
    return replace(rotations);
  }), /killed/);
  const again = await rotateAll(keys, batches(), async (rotations) => {
    // Between reading and storing, its owner has record 5 erased.
    if (rotations.some(({ from }) => from.recordId === "record-5")) stored.set("record-5", null);
    return replace(rotations);
  });
  assert.deepEqual(again, { rotated: 4, current: 4, changed: 1 });
  assert.equal(stored.get("record-5"), null);
  assert.deepEqual(await rotateAll(keys, batches(), replace), { rotated: 0, current: 8, changed: 0 });

  keyring = withoutKeksBelow(keyring, 2);
  for (const [id, wrapped] of stored) {
    if (wrapped !== null) assert.equal(toHex(await keys.unwrap(id, wrapped)), toHex(fileKeys.get(id) as Uint8Array));
  }
});
