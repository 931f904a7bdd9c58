import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encode, features, mainModality } from "./features.js";
import { parsePriceInput, type PriceInput } from "./price-input.js";
import { createPrng } from "./prng.js";
import { simulateListing } from "./simulated-listing.js";
import { without } from "./train.js";

const listings = fc.integer().map((seed) => simulateListing(createPrng(seed)));

test("every simulated listing is a valid input and encodes to finite numbers, nothing imputed", () => {
  fc.assert(fc.property(listings, (listing) => {
    const { x, imputed } = encode(parsePriceInput(listing));
    assert.equal(x.length, features.length);
    assert.ok(x.every(Number.isFinite));
    assert.deepEqual(imputed, []);
  }), { numRuns: 200 });
});

test("whatever is missing is imputed, and said", () => {
  const fields = [...new Set(features.map((f) => f.field))].filter((f) => f !== "kind");
  fc.assert(fc.property(listings, fc.subarray(fields), (listing, missing) => {
    const { x, imputed } = encode(parsePriceInput(without(listing, missing)));
    assert.ok(x.every(Number.isFinite));
    // With no like sale, their premium is nil rather than unknown.
    const expected = missing.filter((f) => !(f === "likePremium" && listing.market.likeSales === 0 && !missing.includes("likeSales")));
    assert.deepEqual([...imputed].sort(), expected.sort());
  }), { numRuns: 200 });
});

test("the format alone is enough", () => {
  const { imputed, x } = encode({ kind: "DICOM" });
  assert.ok(x.every(Number.isFinite));
  assert.equal(imputed.length, new Set(features.map((f) => f.field)).size - 1);
});

test("every column moves with its field alone", () => {
  const base = simulateListing(createPrng(5));
  const changed: PriceInput = { ...base, annotation: base.annotation > 0.5 ? 0.1 : 0.9 };
  const [a, b] = [encode(base).x, encode(changed).x];
  features.forEach((f, i) => assert.equal(a[i] === b[i], f.field !== "annotation", f.name));
});

test("the main modality is the largest share", () => {
  assert.equal(mainModality({ modalities: { note: 0.2, imaging: 0.5, clinical: 0.3 } }), "imaging");
  assert.equal(mainModality({ modalities: {} }), "none");
});
