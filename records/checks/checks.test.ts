import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bytesSource, collect, MinHash, writeZip, recordFeatures, type RecordFormat, sampleSources, scanResidual, signatureLength, similarity } from "../index.js";
import { observationSources, observationsCsv } from "../index.js";
import { deidentify, moduleFile, text, utf8 } from "../test-support/run-node.js";

const seeds = Uint32Array.from({ length: signatureLength + 1 }, (_, at) => Math.imul(at + 1, 0x9e3779b1));
const sketch = (features: Iterable<string>): MinHash => {
  const made = new MinHash(seeds);
  for (const feature of features) made.add(feature);
  return made;
};
const inputs: { format: RecordFormat; bytes: Uint8Array }[] = [
  ...sampleSources.map(({ format, path }) => ({ format, bytes: moduleFile(path) })),
  { format: "CSV", bytes: utf8(observationsCsv(...observationSources.map(({ path }) => text(moduleFile(path))))) },
];
const people = "patient_id,name,phone,loinc_code,value\n" + Array.from({ length: 30 }, (_, at) => `P-10000${at},Zollikofer${String.fromCharCode(97 + (at % 26))},+41 44 555 ${1000 + at},718-7,${13 + at / 10}`).join("\n");

test("MinHash estimates how much two sets overlap, whatever the order and however often", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 300 }), fc.integer(), (onlyA, onlyB, both, salt) => {
      const named = (kind: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${salt}|${kind}|${at}`);
      const [a, b] = [[...named("both", both), ...named("a", onlyA)], [...named("b", onlyB), ...named("both", both)]];
      const estimate = similarity(sketch(a).signature, sketch(b).signature);
      const jaccard = both / (both + onlyA + onlyB);
      // Six standard deviations of 128 draws.
      assert.ok(Math.abs(estimate - jaccard) <= 6 * Math.sqrt(0.25 / signatureLength), `${estimate} for ${jaccard}`);
      assert.deepEqual(sketch([...a].reverse()).signature, sketch([...a, ...a]).signature);
      if (estimate >= 0.95) assert.ok(sketch(a).bands.some((band, at) => band === sketch(b).bands[at]), "what is alike is found by a band");
    }),
    { numRuns: 60, seed: 7 },
  );
});

for (const [number, { format, bytes }] of inputs.entries()) {
  test(`${format} ${number}: the second look finds nothing in what was de-identified, and what is put back`, async () => {
    const { output } = await deidentify(bytes);
    const clean = await scanResidual(format, bytesSource(output, 777), bytesSource(bytes));
    assert.deepEqual([clean.found, clean.patterns], [0, {}]);
    // The source itself is full of them.
    const dirty = await scanResidual(format, bytesSource(bytes, 777), bytesSource(bytes));
    assert.ok(clean.lookedFor !== null && (clean.lookedFor === 0 || dirty.found > 0), `${clean.lookedFor} looked for, ${dirty.found} found`);
    // The same set de-identified under another key has other ids and dates, and nearly the same features.
    const again = await deidentify(bytes, { key: new Uint8Array(32).fill(7) });
    const featuresOf = async (file: Uint8Array): Promise<string[]> => { const found: string[] = []; for await (const feature of recordFeatures(format, bytesSource(file))) found.push(feature); return found; };
    const [one, two] = [await featuresOf(output), await featuresOf(again.output)];
    if (one.length >= 20) assert.ok(similarity(sketch(one).signature, sketch(two).signature) >= 0.9);
  });
}

test("an archive is looked through file by file, its people's words in all of them", async () => {
  async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> { yield bytes; }
  const pack = async (...files: [string, Uint8Array][]): Promise<Uint8Array> =>
    collect(writeZip((async function* () { for (const [name, bytes] of files) yield { name, bytes: one(bytes) }; })()));
  const [fhir] = inputs;
  const source = await pack(["people.csv", utf8(people)], ["bundle.json", fhir?.bytes ?? utf8("")]);
  const { output, report } = await deidentify(source);
  assert.equal(report.format, "ARCHIVE");
  const clean = await scanResidual("ARCHIVE", bytesSource(output), bytesSource(source));
  assert.ok(clean.lookedFor !== null && clean.lookedFor > 30);
  assert.deepEqual([clean.found, clean.patterns], [0, {}]);
  const leaking = await pack(["a.csv", utf8("loinc_code,value\n718-7,5\nZollikofera,6\n")]);
  assert.ok((await scanResidual("ARCHIVE", bytesSource(leaking), bytesSource(source))).found > 0);
  const features: string[] = [];
  for await (const feature of recordFeatures("ARCHIVE", bytesSource(output))) features.push(feature);
  assert.ok(features.length > 30);
});

test("what was left of people is found by their own words and numbers, also across the borders of chunks, and by its form", async () => {
  const { output } = await deidentify(people);
  const look = (put: string, piece = 777): ReturnType<typeof scanResidual> => scanResidual("CSV", bytesSource(utf8(text(output) + put), piece), bytesSource(utf8(people)));
  assert.deepEqual((({ found, patterns }) => [found, patterns])(await look("")), [0, {}]);
  for (const piece of [1, 13, 65_536]) {
    assert.ok((await look("x,Zollikofera,718-7", piece)).found > 0, "a name");
    assert.ok((await look("x,ZOLLIKOFERB,718-7", piece)).found > 0, "in capitals");
    assert.ok((await look("x,+41 (44) 555-1003,1", piece)).found > 0, "a phone number, written otherwise");
    assert.ok((await look("P-100004", piece)).found > 0, "an id");
  }
  assert.deepEqual((await look("jane.doe@example.org")).patterns, { "e-mail address": 1 });
  assert.deepEqual((await look("call (555) 123-4567")).patterns, { "phone number": 1 });
  assert.deepEqual((await look("078-05-1120")).patterns, { "social security number": 1 });
  assert.deepEqual((await look("12345678-1234-4123-8123-123456789012 2020-01-02 1.2.840.10008 100-200")).patterns, {});
});
