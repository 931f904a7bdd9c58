import assert from "node:assert/strict";
import { test } from "node:test";
import { champion, promote, register, rollback, type Registry, type RegistryEntry } from "./registry.js";

const entry = (modelHash: string, advice: boolean | null): Omit<RegistryEntry, "status" | "served"> => ({
  modelHash, version: modelHash, calibrationId: "0xca",
  training: { source: "sales", rows: 1, seed: 1, dataDigest: "0xda", options: {}, asOfBlock: 1, simulatorSeed: 1 },
  comparison: advice === null ? null : {
    tested: 99, champion: { pinball: 2, coverage: 0.8 }, challenger: { pinball: 1, coverage: 0.8 }, promote: advice, reason: advice ? "better" : "not better",
  },
});
const first: Registry = promote(register([], entry("a", null)), "a");

test("the first model is promoted without a comparison; a later one only with a good one, or by hand", () => {
  assert.equal(champion(first)?.modelHash, "a");
  const two = register(register(first, entry("b", true)), entry("c", false));
  assert.throws(() => promote(two, "c"), { code: "CONFLICT" });
  assert.equal(champion(promote(two, "c", true))?.modelHash, "c");
  assert.equal(champion(promote(two, "b"))?.modelHash, "b");
  assert.throws(() => promote(two, "z"), { code: "NOT_FOUND" });
});

test("roll-back goes to the champion before, and there is one champion at any time", () => {
  const three = promote(register(promote(register(first, entry("b", true)), "b"), entry("c", true)), "c");
  const back = rollback(three);
  assert.equal(champion(back)?.modelHash, "b");
  for (const r of [first, three, back]) assert.equal(r.filter((e) => e.status === "CHAMPION").length, 1);
  assert.throws(() => rollback(first), { code: "CONFLICT" });
});

test("registering twice keeps one row", () => {
  assert.equal(register(first, entry("a", true)), first);
});
