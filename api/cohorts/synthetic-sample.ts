import { createHash } from "node:crypto";
import type { SyntheticSample } from "../types/cohort.js";
import type { PublishedProfile } from "./published-profile.js";

const rowCount = 10;
const notice = "Synthetic: made up from the listing's published counts, each value drawn by itself. No row is a record of anybody, or was made from one.";

/** Shares from 0 to 1, the same for one listing each time. */
function* shares(listingId: string): Generator<number, never> {
  for (let counter = 0; ; counter++) yield createHash("sha256").update(`galen synthetic sample v1\n${listingId}\n${counter}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** Draws by weight; null of nothing. */
function draw<Value>(share: number, values: readonly Value[], weight: (value: Value) => number): Value | null {
  let left = share * values.reduce((sum, value) => sum + weight(value), 0);
  return values.find((value) => (left -= weight(value)) < 0) ?? values.at(-1) ?? null;
}

/** Rows that look like the record set, from its published profile and its id alone: the same for everybody. Counts that are not told weigh 1. */
export function syntheticSample(listingId: string, { resourceTypes, topConditions, modalities, spanYears, newestYear }: PublishedProfile): SyntheticSample {
  const random = shares(listingId);
  const next = (): number => random.next().value;
  const rows = Array.from({ length: rowCount }, () => {
    const type = draw(next(), resourceTypes ?? [], ({ count }) => count ?? 1);
    const condition = draw(next(), topConditions ?? [], ({ count }) => count);
    const year = next();
    return {
      synthetic: true,
      recordType: type?.name ?? null,
      condition: condition?.code ?? null,
      conditionSystem: condition?.system ?? null,
      modality: draw(next(), modalities ?? [], () => 1),
      year: newestYear === null || newestYear === undefined ? null : newestYear - Math.floor(year * (Math.floor(spanYears) + 1)),
    };
  });
  return { listingId, synthetic: true, notice, rows };
}
