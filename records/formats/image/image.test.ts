import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { deflateSync } from "node:zlib";
import { encode } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";
import { concat } from "../../bytes.js";
import { AppError } from "../../../schema/errors.js";
import { bytesSource, profileRecord, recognizeFormat } from "../../index.js";
import { decodeImage } from "./decode.js";
import { turned } from "../../ocr/grey-image.js";
import { TextReader } from "../../ocr/text-reader.js";
import { burnIn, texture } from "../../test-support/label.js";
import { leaks } from "../../test-support/leak-scan.js";
import { tiff, type TiffOptions } from "../../test-support/tiff.js";
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

void test("a name burned into a PNG, JPEG or TIFF is blanked, all metadata is gone, and all else of the pixels stays", async () => {
  const exif = utf8("Exif\0\0KanarienvogelA");
  const data = labelled();
  const rgb = new Uint8Array(width * height * 4);
  for (const [at, grey] of data.entries()) rgb.set([grey, grey, grey, 255], at * 4);
  const jpeg = new Uint8Array(encodeJpeg({ width, height, data: rgb, comments: ["KanarienvogelB"] }, 92).data);
  const inputs: [string, Uint8Array][] = [
    ["PNG", stuffed(png(data), [chunk("tEXt", utf8("Author\0KanarienvogelC")), chunk("iTXt", utf8("XML:com.adobe.xmp\0\0\0\0\0<x>KanarienvogelD</x>")), chunk("eXIf", exif), chunk("prVt", utf8("KanarienvogelE"))], utf8("KanarienvogelF"))],
    ["JPEG", concat([jpeg.subarray(0, 2), Uint8Array.from([0xff, 0xe1, 0, exif.length + 2]), exif, jpeg.subarray(2), utf8("KanarienvogelG")])],
    ["TIFF", concat([tiff(data, { width, height, rows: 20, compression: 5, texts: { 269: "KanarienvogelH", 270: "KanarienvogelI", 306: "2024:01:01 00:00:00", 315: "KanarienvogelJ", 700: "<x>KanarienvogelK</x>", 33432: "KanarienvogelL" } }), utf8("KanarienvogelM")])],
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
    if (kind !== "JPEG") assert.deepEqual(grey.subarray(60 * width), data.subarray(60 * width), "what holds no text is as it was, bit for bit");
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

void test("every layout of TIFF that is read gives the pixels that were written, and others are refused by name", async () => {
  const size = { width: 61, height: 45 };
  const pixels = size.width * size.height;
  const grey = texture(size.width, size.height);
  const flat = new Uint8Array(pixels).fill(9);
  const rgb = Uint8Array.from({ length: pixels * 3 }, (_, at) => (at * 7) % 251);
  const decoded = async (data: Uint8Array, options: Partial<TiffOptions> = {}): Promise<number[]> => [...(await decodeImage(tiff(data, { ...size, ...options }))).data];
  for (const compression of [1, 5, 8]) for (const little of [true, false]) for (const rows of [size.height, 7]) {
    const how = { compression, little, rows };
    assert.deepEqual(await decoded(grey, how), [...grey], JSON.stringify(how));
    assert.deepEqual(await decoded(flat, how), [...flat]);
    assert.deepEqual(await decoded(rgb, { ...how, samples: 3, photometric: 2 }), [...rgb]);
  }
  assert.deepEqual(await decoded(grey, { photometric: 0 }), [...grey].map((value) => 255 - value), "white is zero");
  const steps = grey.map((value, at) => (at % size.width === 0 ? value : value - (grey[at - 1] ?? 0)));
  assert.deepEqual(await decoded(steps, { compression: 5, predictor: 2 }), [...grey], "differences");
  const withAlpha = Uint8Array.from({ length: pixels * 4 }, (_, at) => (at % 4 === 3 ? 0 : (rgb[Math.floor(at / 4) * 3 + (at % 4)] ?? 0)));
  assert.deepEqual(await decoded(withAlpha, { samples: 4, photometric: 2, shorts: { 338: [1] } }), [...rgb], "text does not hide under transparency");
  const deep = Uint16Array.from({ length: pixels }, (_, at) => at * 17);
  assert.deepEqual(await decoded(new Uint8Array(deep.buffer), { bits: 16 }), [...deep]);
  const rowBytes = Math.ceil(size.width / 8);
  const lines = Uint8Array.from({ length: rowBytes * size.height }, (_, at) => (at * 37) & 255);
  assert.deepEqual(await decoded(lines, { bits: 1 }), Array.from({ length: pixels }, (_, at) => (((lines[Math.floor(at / size.width) * rowBytes + ((at % size.width) >> 3)] ?? 0) >> (7 - ((at % size.width) & 7))) & 1) * 255));
  const colours = Array.from({ length: 768 }, (_, at) => (at % 256) * 256 + Math.floor(at / 256));
  assert.deepEqual(await decoded(grey, { photometric: 3, shorts: { 320: colours } }), [...grey].flatMap((value) => [value, value, value]), "palette");

  const whole = tiff(grey, { ...size, compression: 5, rows: 7, texts: { 270: "Kanarienvogel" } });
  // Each row of the first strip is 61 bytes; these decompress to a megabyte.
  const bombs = [5, 8].map((compression) => tiff(new Uint8Array(2 ** 20), { ...size, height: 2 ** 20 / 61, compression, rows: 2 ** 20 }));
  const cases: [string, Uint8Array, RegExp][] = [
    ["cut", whole.subarray(0, whole.length - 30), /FORMAT_INVALID.*ends early/], ["short strips", tiff(grey.subarray(0, 500), { ...size }), /FORMAT_INVALID/], ["two pictures", tiff(grey, { ...size, next: 8 }), /REFUSED.*several/],
    ["tiles", tiff(grey, { ...size, shorts: { 322: [16], 323: [16] } }), /REFUSED.*tiled/], ["fax", tiff(grey, { ...size, shorts: { 259: [4] } }), /REFUSED.*way/], ["planes", tiff(rgb, { ...size, samples: 3, photometric: 2, shorts: { 284: [2] } }), /REFUSED.*way/],
    ["CMYK", tiff(withAlpha, { ...size, samples: 4, photometric: 5 }), /REFUSED.*way/], ["huge", tiff(grey, { width: 100_000, height: 1_000 }), /REFUSED.*pixels/],
    ...bombs.map((bytes, at): [string, Uint8Array, RegExp] => {
      const lying = bytes.slice();
      const view = new DataView(lying.buffer);
      // The directory's second entry is the height.
      view.setUint32(view.getUint32(4, true) + 2 + 12 + 8, 45, true);
      return [`bomb ${at}`, lying, /FORMAT_INVALID.*larger than the limit/];
    }),
  ];
  for (const [what, bytes, expected] of cases) {
    const error = await refusal(() => deidentify(bytes));
    assert.match(`${error.code} ${error.message}`, expected, what);
  }
  let seed = 7;
  const random = (below: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff) % below;
  for (let run = 0; run < 500; run += 1) {
    // Behind the mark that tells it is TIFF; more often at the end, where the directory is.
    const spoilt = whole.slice(0, random(4) === 0 ? 8 + random(whole.length - 8) : whole.length);
    for (let hits = random(4); hits >= 0; hits -= 1) spoilt[random(3) === 0 ? 4 + random(spoilt.length - 4) : Math.max(4, spoilt.length - 1 - random(300))] = random(256);
    const raster = await decodeImage(spoilt).catch((error: unknown) => error);
    if (raster instanceof AppError) assert.ok(["FORMAT_INVALID", "DEIDENTIFICATION_REFUSED"].includes(raster.code) && Number(raster.details["position"]) <= whole.length && !raster.message.includes("Kanarienvogel"), raster.message);
    else assert.equal((raster as { data: Uint8Array }).data.length, (raster as { width: number }).width * (raster as { height: number }).height * (raster as { channels: number }).channels);
  }
});
