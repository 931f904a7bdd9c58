import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isLowerHex } from "./lower-hex.js";

test("what is lower-case hex is so by the regular expression too, whatever its length and letters", () => {
  const nearly = fc.tuple(fc.constantFrom("0x", "0X", "", "0"), fc.string({ unit: fc.constantFrom(..."0123456789abcdef", "A", "g", "x", " ", "\u0130", "\u00e9", "\ud83d\ude00"), maxLength: 40 })).map(([prefix, rest]) => prefix + rest);
  const digits = fc.tuple(fc.nat(5_000), fc.constantFrom("a", "7", "\u0130", "A")).map(([length, last]) => `0x${"f".repeat(length)}${last}`);
  fc.assert(fc.property(fc.oneof(nearly, digits, fc.string()), (text) => assert.equal(isLowerHex(text), /^0x[0-9a-f]*$/.test(text))), { numRuns: 2_000 });
});
