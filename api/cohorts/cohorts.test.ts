import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CohortRefusal, CohortStatus, CohortUnit, type CohortCount, type CohortFilter } from "../types/cohort.js";
import { countCohort } from "./count-cohort.js";
import { readProfile, type PublishedProfile } from "./published-profile.js";
import { syntheticSample } from "./synthetic-sample.js";

const profile: PublishedProfile = {
  recordCount: 1_234,
  patientCount: null,
  modalities: ["LABORATORY"],
  resourceTypes: [{ name: "Observation", count: 999 }, { name: "Patient", count: null }],
  topConditions: [{ system: "icd", code: "E11", count: 50 }, { system: "icd", code: "I10", count: 7 }, { system: "other", code: "I10", count: 9 }],
  spanYears: 2.5,
  newestYear: 2024,
};
const short = ({ status, atLeast, below, refusal }: CohortCount): unknown[] => [status, atLeast, below, refusal];

test("a cohort is what the published profile says of it, in fixed steps, or it is said why not", () => {
  const cases: [CohortFilter, unknown[]][] = [
    [{}, [CohortStatus.COUNTED, 1_000, 2_000, null]],
    [{ unit: CohortUnit.PATIENTS }, [CohortStatus.UNANSWERABLE, null, null, CohortRefusal.NOT_IN_PROFILE]],
    [{ condition: "E11" }, [CohortStatus.COUNTED, 50, 100, null]],
    [{ condition: "I10", conditionSystem: "icd" }, [CohortStatus.COUNTED, 5, 10, null]],
    [{ condition: "I10" }, [CohortStatus.UNANSWERABLE, null, null, CohortRefusal.COMBINATION]],
    [{ condition: "E11.9" }, [CohortStatus.UNANSWERABLE, null, null, CohortRefusal.MORE_SPECIFIC]],
    [{ condition: "C50" }, [CohortStatus.SUPPRESSED, null, 5, null]],
    [{ recordType: "Observation" }, [CohortStatus.COUNTED, 500, 1_000, null]],
    [{ recordType: "Patient" }, [CohortStatus.SUPPRESSED, null, 5, null]],
    [{ recordType: "Claim" }, [CohortStatus.ABSENT, null, null, null]],
    [{ modality: "LABORATORY" }, [CohortStatus.PRESENT, null, null, null]],
    [{ modality: "IMAGING:MR" }, [CohortStatus.ABSENT, null, null, null]],
    [{ condition: "E11", recordType: "Observation" }, [CohortStatus.UNANSWERABLE, null, null, CohortRefusal.COMBINATION]],
    [{ condition: "E11", unit: CohortUnit.PATIENTS }, [CohortStatus.UNANSWERABLE, null, null, CohortRefusal.COMBINATION]],
  ];
  for (const [where, expected] of cases) assert.deepEqual(short(countCohort(profile, where)), expected, JSON.stringify(where));
  assert.equal(countCohort(null, {}).refusal, CohortRefusal.METADATA_MISSING);
  const cut = { ...profile, topConditions: Array.from({ length: 20 }, (_, index) => ({ system: "icd", code: `A${index + 10}`, count: 30 })) };
  assert.equal(countCohort(cut, { condition: "C50" }).refusal, CohortRefusal.NOT_AMONG_MOST_FREQUENT);
});

test("no answer tells a count under five, or more than a step; larger counts never have lower steps", () => {
  const step = (count: number): CohortCount => countCohort({ ...profile, topConditions: [{ system: "icd", code: "E11", count }] }, { condition: "E11" });
  for (const count of [0, 1, 4]) assert.deepEqual(step(count), step(3));
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 900_000_000 }), fc.nat({ max: 1_000_000 }), (count, more) => {
      const [{ atLeast, below }, larger] = [step(count), step(count + more)];
      assert.ok(atLeast! >= 5 && atLeast! <= count && count < below!);
      assert.ok(below! / atLeast! <= 2.5 && Number.isInteger(below));
      assert.ok(larger.atLeast! >= atLeast!);
    }),
  );
});

test("a sample is made of the profile's words alone, says of itself and of each row that it is synthetic, and is the same for everybody", () => {
  const id = `0x${"ab".repeat(32)}`;
  const sample = syntheticSample(id, profile);
  assert.deepEqual(sample, syntheticSample(id, structuredClone(profile)));
  assert.notDeepEqual(sample.rows, syntheticSample(`0x${"cd".repeat(32)}`, profile).rows);
  assert.equal(sample.synthetic, true);
  assert.match(sample.notice, /^Synthetic/);
  for (const row of sample.rows as Record<string, unknown>[]) {
    assert.equal(row["synthetic"], true);
    assert.ok(profile.resourceTypes!.some(({ name }) => name === row["recordType"]));
    assert.ok(profile.topConditions!.some(({ code, system }) => code === row["condition"] && system === row["conditionSystem"]));
    assert.ok(Number(row["year"]) >= 2022 && Number(row["year"]) <= 2024);
  }
  for (const where of [{ condition: "E11" }, { recordType: "Claim" }, { modality: "LABORATORY" }, {}]) assert.equal(countCohort(readProfile({ profile: {} }), where).refusal, CohortRefusal.NOT_IN_PROFILE);
  const empty = readProfile({ profile: {} })!;
  assert.deepEqual(Object.values(syntheticSample(id, empty).rows[0] as object), [true, null, null, null, null, null]);
});

test("a foreign listing's metadata may be anything", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json().map((text) => JSON.parse(text) as unknown), fc.record({ profile: fc.dictionary(fc.constantFrom("recordCount", "modalities", "resourceTypes", "topConditions", "newestYear", "spanYears"), fc.jsonValue()) })), (metadata) => {
      const read = readProfile(metadata);
      countCohort(read, { condition: "E11" });
      if (read) assert.equal(syntheticSample("0x", read).rows.length, 10);
    }),
  );
});
