import assert from "node:assert/strict";
import { test } from "node:test";
import { createRequire } from "node:module";
import { concat } from "../../bytes.js";
import { burnIn, texture } from "../../test-support/label.js";
import { deidentify, refusal, utf8 } from "../../test-support/run-node.js";
import type { DicomElement } from "./parse.js";
import { elementHead, textElement, writeElements } from "./write.js";

const dcmjs = createRequire(import.meta.url)("dcmjs") as { log: { setLevel(level: string): void }; data: { DicomMessage: { readFile(buffer: ArrayBuffer): { dict: Record<string, { Value: unknown[] }> } } } };
dcmjs.log.setLevel("silent");

const width = 320;
const height = 160;
const little = { implicit: false, bigEndian: false };
const us = (tag: string, value: number): DicomElement => ({ tag, vr: "US", value: new Uint8Array([value & 255, value >> 8]), items: null });

/** A file of one frame. */
function file(pixels: Uint8Array, options: { modality: string; samples: number; bits: number; burned?: string }): Uint8Array {
  const elements = [
    textElement("00080016", "1.2.840.10008.5.1.4.1.1.6.1"), textElement("00080018", "1.2.3"), textElement("00080060", options.modality), textElement("00100020", "MRN-1"), textElement("0020000D", "1.2"),
    us("00280002", options.samples), textElement("00280004", options.samples === 3 ? "RGB" : "MONOCHROME2"), ...(options.samples === 3 ? [us("00280006", 1)] : []),
    us("00280010", height), us("00280011", width), us("00280100", options.bits), us("00280101", options.bits), us("00280102", options.bits - 1), us("00280103", 0),
    ...(options.burned === undefined ? [] : [textElement("00280301", options.burned)]),
  ];
  const start = new Uint8Array(132);
  start.set(utf8("DICM"), 128);
  return concat([start, writeElements([textElement("00020010", "1.2.840.10008.1.2.1")], little), writeElements(elements, little), elementHead("7FE00010", "OW", pixels.length, little), pixels]);
}

const reread = (bytes: Uint8Array): { pixels: Uint8Array; burned: unknown; codes: unknown } => {
  const { dict } = dcmjs.data.DicomMessage.readFile(bytes.slice().buffer);
  const codes = (dict["00120064"]?.Value as Record<string, { Value: unknown[] }>[]).map((item) => item["00080100"]?.Value[0]);
  return { pixels: new Uint8Array(dict["7FE00010"]?.Value[0] as ArrayBuffer), burned: dict["00280301"]?.Value[0], codes };
};

void test("a name burned into an ultrasound image of colour planes, or into 16-bit greys, is blanked, and the header says so", async () => {
  const grey = texture(width, height);
  const labelled = grey.slice();
  burnIn(labelled, width, 8, 10, 255);
  const wide = Uint16Array.from(grey, (value) => value * 8);
  burnIn(wide, width, 8, 10, 4_000);
  // The label is green alone.
  const cases: [Uint8Array, Parameters<typeof file>[1]][] = [
    [concat([grey, labelled, grey]), { modality: "US", samples: 3, bits: 8 }],
    [new Uint8Array(wide.buffer), { modality: "CT", samples: 1, bits: 16, burned: "YES" }],
  ];
  for (const [pixels, options] of cases) {
    const { output, report } = await deidentify(file(pixels, options));
    const after = reread(output);
    const row = (width * options.bits) / 8;
    const plane = row * height;
    for (let from = 0; from < pixels.length; from += plane) {
      assert.ok(after.pixels.subarray(from + 12 * row, from + 26 * row).every((byte) => byte === 0), "the line is blank in each plane");
      assert.deepEqual(after.pixels.subarray(from + 60 * row, from + plane), pixels.subarray(from + 60 * row, from + plane), "the rest is as it was, bit for bit");
    }
    assert.equal(after.burned, "NO");
    assert.ok((after.codes as string[]).includes("113101"));
    assert.ok(report.rules.some(({ rule, action }) => rule === "dicom.burned-in-line" && action === "removed"));
  }
});

void test("pixels without text stay as they are; a header that claims text is believed more than the reader", async () => {
  const plain = texture(width, height);
  const { output } = await deidentify(file(plain, { modality: "US", samples: 1, bits: 8 }));
  assert.deepEqual(reread(output).pixels, plain);
  const error = await refusal(() => deidentify(file(plain, { modality: "CT", samples: 1, bits: 8, burned: "YES" })));
  assert.match(`${error.code} ${error.message}`, /REFUSED.*none was found/);
});
