import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { counterfactuals } from "./counterfactuals.js";
import { loadCommittedModel, parsePriceInput, predictInterval } from "./predict.js";
import { createPrng } from "./prng.js";
import { simulateListing } from "./simulated-listing.js";

const model = await loadCommittedModel();

test("each gain is what the model predicts for the changed input, largest first", () => {
  fc.assert(fc.property(fc.integer(), (seed) => {
    const input = simulateListing(createPrng(seed));
    const before = predictInterval(model, input).p50;
    const found = counterfactuals(model, input);
    for (const c of found) {
      assert.equal(predictInterval(model, parsePriceInput(c.input)).p50 - before, c.gain);
      assert.ok(c.gain > 0n);
    }
    found.slice(1).forEach((c, i) => assert.ok(c.gain <= found[i]!.gain));
  }), { numRuns: 60 });
});

test("pictures without labels are told to be annotated; what is done is not told again", () => {
  const pictures = parsePriceInput({ kind: "DICOM", patients: 3000, records: 60_000, bytes: 3e10, modalities: { imaging: 1 }, annotation: 0, purposes: ["GENERAL_RESEARCH", "COMMERCIAL"] });
  const advice = counterfactuals(model, pictures);
  const annotate = advice.find((c) => c.feature === "annotation")!;
  assert.match(annotate.text, /^having experts annotate half of the records would add about \+[\d,]+/);
  assert.equal(counterfactuals(model, annotate.input).some((c) => c.feature === "annotation"), false);
});
