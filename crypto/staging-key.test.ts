import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "../schema/errors.js";
import { nodeBackend as backend } from "./backend/node.js";
import { newStagingKey } from "./sealed-staging.js";
import { deriveStagingKey, unwrapStagingKey, wrapStagingKey } from "./staging-key.js";

const unavailable = (error: unknown) => error instanceof AppError && error.code === "KEY_UNAVAILABLE";

test("a staging key opens under its own upload and platform key alone", () => {
  fc.assert(fc.property(fc.uuid(), fc.uuid(), fc.nat(75), (id, other, position) => {
    const platform = backend.randomBytes(32);
    const key = newStagingKey(backend);
    const wrapped = wrapStagingKey(backend, platform, id, key);
    assert.equal(wrapped.length, 76);
    assert.deepEqual(unwrapStagingKey(backend, platform, id.toUpperCase(), wrapped), key);
    assert.throws(() => unwrapStagingKey(backend, backend.randomBytes(32), id, wrapped), unavailable);
    if (other !== id) assert.throws(() => unwrapStagingKey(backend, platform, other, wrapped), unavailable);
    const changed = wrapped.slice();
    changed[position]! ^= 1;
    assert.throws(() => unwrapStagingKey(backend, platform, id, changed), unavailable);
    assert.throws(() => unwrapStagingKey(backend, platform, id, wrapped.subarray(0, position)), unavailable);
  }));
  assert.throws(() => unwrapStagingKey(backend, new Uint8Array(32), "", null), unavailable);
});

test("files of one upload have different keys and ivs", () => {
  const key = newStagingKey(backend);
  const [a, b] = [deriveStagingKey(backend, key, "deidentified/1"), deriveStagingKey(backend, key, "deidentified/2")];
  assert.notDeepEqual(a, b);
  assert.notDeepEqual(a.key, key.key);
  assert.deepEqual(deriveStagingKey(backend, key, "deidentified/1"), a);
});
