import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dayNumber, dayOf, groupedBirthYear, shiftCompact, shiftIso } from "./dates.js";
import { Pseudonymizer } from "./pseudonym.js";

const day = fc.integer({ min: -100_000, max: 60_000 });
/** The same day by the platform's own calendar. */
const iso = (number: number): string => new Date(number * 86_400_000).toISOString().slice(0, 10);

void test("a shift moves any two dates alike, in both ways of writing, and back again", () => {
  fc.assert(fc.property(day, day, fc.integer({ min: -394, max: -30 }), (a, b, shift) => {
    const [one, two] = [shiftIso(iso(a), shift), shiftIso(iso(b), shift)];
    assert.ok(one !== null && two !== null);
    assert.equal((dayOf(two) ?? Number.NaN) - (dayOf(one) ?? Number.NaN), b - a);
    assert.equal(shiftIso(one, -shift), iso(a));
    assert.equal(shiftCompact(iso(a).replaceAll("-", ""), shift), one.replaceAll("-", ""));
  }));
});

void test("time of day, zone and precision stay", () => {
  assert.equal(shiftIso("2020-03-01T23:59:59.123+02:00", -60), "2020-01-01T23:59:59.123+02:00");
  assert.equal(shiftIso("2020-03", -31), "2020-02");
  assert.equal(shiftIso("2020", -200), "2019");
  assert.equal(shiftCompact("202003012359+0100", -60), "202001012359+0100");
  assert.equal(shiftCompact("2020", -200), "2019");
});

void test("what is no date is none", () => {
  for (const text of ["2020-02-30", "2020-13-01", "yesterday", "2020-01-01T", "2020-01-01 John", "20200230", "", "0000-01-01", "2020-1-1"]) {
    assert.equal(shiftIso(text, -40), null, text);
    assert.equal(shiftCompact(text, -40), null, text);
  }
  assert.equal(dayNumber(2019, 2, 29), null);
});

void test("birth years over 89 are one group, to the day", () => {
  const reference = new Date("2026-11-23");
  assert.equal(groupedBirthYear("1936-11-23", reference), 1936);
  assert.equal(groupedBirthYear("1936-11-24", reference), null);
  assert.equal(groupedBirthYear("1900", reference), 1936);
  assert.equal(groupedBirthYear("19200101", reference), 1936);
});

void test("pseudonyms are the same under one key, and have nothing in common under another", () => {
  const [one, again, other] = [1, 1, 2].map((fill) => new Pseudonymizer(new Uint8Array(32).fill(fill))) as [Pseudonymizer, Pseudonymizer, Pseudonymizer];
  fc.assert(fc.property(fc.string(), (value) => {
    assert.equal(one.hex("id", value), again.hex("id", value));
    assert.notEqual(one.hex("id", value), other.hex("id", value));
    assert.notEqual(one.hex("id", value), one.hex("other", value));
    assert.match(one.uuid("id", value), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.match(one.uid(value), /^2\.25\.(0|[1-9]\d{0,38})$/);
    assert.ok(one.uid(value).length <= 64);
    const shift = one.dayShift(value);
    assert.ok(Number.isInteger(shift) && shift >= -394 && shift <= -30);
  }), { numRuns: 100 });
  assert.throws(() => new Pseudonymizer(new Uint8Array(15)), RangeError);
  assert.ok(new Set(Array.from({ length: 400 }, (_, at) => one.dayShift(String(at)))).size > 200);
});
