import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "../../schema/errors.js";
import { decodeCursor, encodeCursor } from "./cursor.js";

const key = randomBytes(32);
const invalid = (error: unknown): boolean => error instanceof AppError && error.code === "CURSOR_INVALID";
const values = fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), { maxLength: 5 });

test("a cursor gives back what went in", () => {
  fc.assert(fc.property(fc.string(), values, (scope, value) => assert.deepEqual(decodeCursor(key, scope, encodeCursor(key, scope, value)), value)), { numRuns: 200 });
});

test("a cursor of another key, another list, or with any character changed is refused", () => {
  fc.assert(
    fc.property(values, fc.nat(), fc.constantFrom(..."AZaz09-_."), (value, at, character) => {
      const cursor = encodeCursor(key, "one", value);
      assert.throws(() => decodeCursor(key, "two", cursor), invalid);
      assert.throws(() => decodeCursor(randomBytes(32), "one", cursor), invalid);
      const index = at % cursor.length;
      const changed = cursor.slice(0, index) + character + cursor.slice(index + 1);
      if (changed !== cursor) assert.throws(() => decodeCursor(key, "one", changed), invalid);
    }),
    { numRuns: 300 },
  );
});

test("what is no cursor is refused", () => {
  fc.assert(fc.property(fc.string(), (text) => assert.throws(() => decodeCursor(key, "one", text), invalid)), { numRuns: 200 });
  assert.throws(() => decodeCursor(key, "one", `${encodeCursor(key, "one", [1])}.x`), invalid);
});
