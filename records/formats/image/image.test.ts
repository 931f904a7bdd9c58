import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { deflateSync } from "node:zlib";
import { encode } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";
import { concat } from "../../bytes.js";
import { bytesSource, profileRecord, recognizeFormat } from "../../index.js";
import { turned } from "../../ocr/grey-image.js";
import { TextReader } from "../../ocr/text-reader.js";
import { burnIn, texture } from "../../test-support/label.js";
import { leaks } from "../../test-support/leak-scan.js";
import { deidentify, refusal, utf8 } from "../../test-support/run-node.js";

/** The second reader: written by others, and not used by us anywhere else. */
const { PNG } = createRequire(import.meta.url)("pngjs") as { PNG: { sync: { read(bytes: Buffer): { width: number; height: number; data: Uint8Array } } } };
const readPng = (bytes: Uint8Array): { width: number; height: number; data: Uint8Array } => PNG.sync.read(Buffer.from(bytes));

const reader = new TextReader();
after(() => reader.close());

const width = 320;
const height = 160;
const labelled = (): Uint8Array => { const data = texture(width, height); burnIn(data, width, 8, 10, 255); return data; };
const png = (data: Uint8Array, size = { width, height }): Uint8Array => encode({ ...size, channels: 1, depth: 8, data });

/** A PNG chunk with a right checksum. */
function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = concat([utf8(type), body]);
  let crc = 0xffffffff;
  for (const byte of bytes) { crc ^= byte; for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0); }
  const framed = new Uint8Array(bytes.length + 8);
  const view = new DataView(framed.buffer);
  view.setUint32(0, body.length);
  framed.set(bytes, 4);
  view.setUint32(framed.length - 4, ~crc >>> 0);
  return framed;
}

/** Puts chunks behind the PNG's head, and bytes behind its end. */
const stuffed = (bytes: Uint8Array, more: Uint8Array[], tail: Uint8Array): Uint8Array => concat([bytes.subarray(0, 33), ...more, bytes.subarray(33), tail]);

const chunkTypes = (bytes: Uint8Array): string[] => {
  const types: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at < bytes.length; at += 12 + view.getUint32(at)) types.push(String.fromCharCode(...bytes.subarray(at + 4, at + 8)));
  return types;
};

void test("a name burned into a PNG or JPEG is blanked, all metadata is gone, and all else of the pixels stays", async () => {
  const exif = utf8("Exif\0\0KanarienvogelA");
  const data = labelled();
  const rgb = new Uint8Array(width * height * 4);
  for (const [at, grey] of data.entries()) rgb.set([grey, grey, grey, 255], at * 4);
  const jpeg = new Uint8Array(encodeJpeg({ width, height, data: rgb, comments: ["KanarienvogelB"] }, 92).data);
  const inputs: [string, Uint8Array][] = [
    ["PNG", stuffed(png(data), [chunk("tEXt", utf8("Author\0KanarienvogelC")), chunk("iTXt", utf8("XML:com.adobe.xmp\0\0\0\0\0<x>KanarienvogelD</x>")), chunk("eXIf", exif), chunk("prVt", utf8("KanarienvogelE"))], utf8("KanarienvogelF"))],
    ["JPEG", concat([jpeg.subarray(0, 2), Uint8Array.from([0xff, 0xe1, 0, exif.length + 2]), exif, jpeg.subarray(2), utf8("KanarienvogelG")])],
  ];
  for (const [kind, bytes] of inputs) {
    assert.equal(recognizeFormat(bytes), "IMAGE");
    assert.notDeepEqual(leaks(bytes, "Kanarienvogel"), [], "the canaries are in it");
    const { output, report } = await deidentify(bytes);
    assert.deepEqual(leaks(output, "Kanarienvogel"), [], kind);
    assert.deepEqual([...new Set(chunkTypes(output))], ["IHDR", "IDAT", "IEND"], kind);
    assert.ok(report.rules.some(({ rule }) => rule === "image.line-of-text") && report.warnings.length > 0 && report.records === 1);

    const read = readPng(output);
    assert.deepEqual([read.width, read.height], [width, height]);
    const grey = Uint8Array.from({ length: width * height }, (_, at) => read.data[at * 4] as number);
    assert.ok(grey.subarray(12 * width, 26 * width).every((value) => value === 0), `${kind}: the line of the name is blank`);
    if (kind === "PNG") assert.deepEqual(grey.subarray(60 * width), data.subarray(60 * width), "what holds no text is as it was, bit for bit");
    for (const scale of [grey, grey.map((value) => (value > 190 ? 0 : 255))]) {
      for (const { text } of await reader.read({ width, height, data: scale })) assert.doesNotMatch(text, /CANARY|JANE|4815/i, kind);
    }
    const profile = await profileRecord(bytesSource(output));
    assert.ok(profile.recordCount === 1 && profile.image?.columns === width && profile.modalities.includes("IMAGING"));
  }
});

void test("text that runs downwards is found too, and an image without text keeps every pixel", async () => {
  const down = turned({ width, height, data: labelled() });
  const { output } = await deidentify(png(down.data, down));
  const read = readPng(output);
  const column = (x: number): boolean => Array.from({ length: read.height }, (_, y) => read.data[(y * read.width + x) * 4]).every((value) => value === 0);
  // Row 18 of the label stands in the column that is 18 from the right edge.
  assert.ok(column(read.width - 1 - 18) && !column(20));

  const plain = texture(width, height);
  const kept = readPng((await deidentify(png(plain))).output);
  assert.deepEqual(Uint8Array.from({ length: plain.length }, (_, at) => kept.data[at * 4] as number), plain);
  const fine = Uint16Array.from({ length: 64 * 64 }, (_, at) => at * 16);
  const { output: deep } = await deidentify(encode({ width: 64, height: 64, channels: 1, depth: 16, data: fine }));
  assert.deepEqual(deep, encode({ width: 64, height: 64, channels: 1, depth: 16, data: fine }), "16 bits stay 16");
});

void test("damaged, moving, huge and wholly written images are refused", async () => {
  const whole = png(texture(64, 64), { width: 64, height: 64 });
  const page = new Uint8Array(width * height).fill(255);
  for (let top = 0; top + 24 < height; top += 26) burnIn(page, width, 60, top, 0);
  const huge = whole.slice();
  huge.set([0, 1, 0, 0, 0, 1, 0, 0], 16);
  // The head says 64 by 64 pixels; the data inflates to 64 MB.
  const bomb = concat([whole.subarray(0, 33), chunk("IDAT", new Uint8Array(deflateSync(new Uint8Array(2 ** 26)))), chunk("IEND", new Uint8Array(0))]);
  const profile = stuffed(whole, [chunk("iCCP", concat([utf8("KanarienvogelH\0\0"), new Uint8Array(deflateSync(new Uint8Array(2 ** 20)))]))], new Uint8Array(0));
  assert.deepEqual((await deidentify(profile)).output, (await deidentify(whole)).output, "a colour profile is not even inflated");
  const jpeg = new Uint8Array(encodeJpeg({ width: 64, height: 64, data: new Uint8Array(64 * 64 * 4).fill(99) }, 90).data);
  const cases: [string, Uint8Array, RegExp][] = [
    ["cut", whole.subarray(0, whole.length - 20), /FORMAT_INVALID/], ["changed", whole.map((byte, at) => (at === 60 ? byte ^ 255 : byte)), /FORMAT_INVALID/],
    ["moving", stuffed(whole, [chunk("acTL", new Uint8Array(8))], new Uint8Array(0)), /REFUSED.*several/], ["huge", huge, /REFUSED.*pixels/],
    ["a bomb", bomb, /FORMAT_INVALID.*larger than the limit/], ["JPEG, cut", jpeg.subarray(0, 200), /FORMAT_INVALID/], ["a page of text", png(page), /REFUSED.*page of text/],
  ];
  for (const [what, bytes, expected] of cases) {
    const error = await refusal(() => deidentify(bytes));
    assert.match(`${error.code} ${error.message}`, expected, what);
    assert.equal(error.details["format"], "IMAGE");
  }
});
