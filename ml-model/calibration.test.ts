import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyCalibration, calibrate, conformalMargin, widen } from "./calibration.js";
import { coverage } from "./metrics.js";
import { createPrng } from "./prng.js";

/** A raw interval that is far too narrow in group `b`, and right in none. */
function draw(rows: number, seed: number): { predicted: { low: number; mid: number; high: number }[]; actual: number[]; groups: string[] } {
  const rng = createPrng(seed);
  const groups = Array.from({ length: rows }, () => (rng.uniform() < 0.3 ? "b" : "a"));
  const mids = groups.map(() => rng.normal());
  return {
    groups,
    predicted: mids.map((mid) => ({ low: mid - 0.5, mid, high: mid + 0.5 })),
    actual: mids.map((mid, i) => mid + (groups[i] === "b" ? 2 : 1) * rng.normal()),
  };
}

test("conformal margins bring 80 % of new rows inside, in each group", () => {
  const known = draw(8000, 1);
  const fresh = draw(20_000, 2);
  const c = calibrate(known.predicted, known.actual, known.groups, {});
  for (const group of ["a", "b"]) {
    const rows = fresh.groups.flatMap((g, i) => (g === group ? [i] : []));
    const inside = coverage(rows.map((i) => applyCalibration(c, fresh.predicted[i]!, group, [], 0)), rows.map((i) => fresh.actual[i]!));
    assert.ok(Math.abs(inside - 0.8) < 0.02, `${group}: ${inside}`);
  }
});

test("the margin is the ⌈(n+1)·level⌉-th smallest score", () => {
  const q = { low: -1, mid: 0, high: 1 };
  assert.equal(conformalMargin([q, q, q, q], [1.1, 1.2, 1.3, 1.4], 0.8), 1.4 - 1);
  assert.equal(conformalMargin(Array.from({ length: 9 }, () => q), [0, 0, 0, 0, 0, 0, 0, 1.5, 9], 0.8), 0.5);
});

test("a row of weight 3 counts as three rows", () => {
  const q = { low: -1, mid: 0, high: 1 };
  const [actual, weights] = [[1.1, 1.2, 1.3, 1.4, 1.5], [1, 3, 1, 3, 1]];
  const repeated = actual.flatMap((v, i) => Array.from({ length: weights[i]! }, () => v));
  for (const level of [0.2, 0.5, 0.6]) {
    // The (n+1)-th unknown row is assumed to weigh as much as the heaviest: a little wider than with single rows.
    const weighted = conformalMargin(actual.map(() => q), actual, level, weights);
    const single = conformalMargin(repeated.map(() => q), repeated, level);
    assert.ok(weighted >= single && weighted <= single + 0.2);
  }
});

test("small groups use the margin of all", () => {
  const { predicted, actual } = draw(150, 3);
  const c = calibrate(predicted, actual, predicted.map(() => "rare"), {});
  assert.deepEqual(c.groups, {});
  const q = { low: 0, mid: 1, high: 2 };
  assert.deepEqual(applyCalibration(c, q, "rare", [], 0), widen(q, c.margin));
});

test("no margin makes quantiles cross, and missing fields only widen", () => {
  fc.assert(fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true }), (mid, half, margin) => {
    const c = { level: 0.8, rows: 1000, margin, groups: {}, missing: { records: 0.4, patients: 0.3, "patients+records": 2 } };
    const q = { low: mid - half, mid, high: mid + half };
    const full = applyCalibration(c, q, "x", [], 0);
    const blind = applyCalibration(c, q, "x", ["records"], 0);
    const both = applyCalibration(c, q, "x", ["patients", "records"], 0.1);
    assert.ok(full.low <= full.mid && full.mid <= full.high);
    assert.ok(blind.low <= full.low && blind.high >= full.high);
    assert.ok(both.low < blind.low && both.high > blind.high);
  }));
});
