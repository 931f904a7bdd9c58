import { collect, concat } from "../../bytes.js";
import { ChunkReader } from "../../chunk-reader.js";
import { inflate } from "../../inflate.js";
import type { TextReader } from "../../ocr/text-reader.js";
import { lookYourself } from "../../ocr/warning.js";
import type { Pseudonymizer } from "../../pseudonym.js";
import { invalid, refused } from "../../refuse.js";
import type { ReportBuilder } from "../../report.js";
import { blankBurnedIn, canBeRead } from "./burned-in.js";
import { cleanElements, textOf } from "./clean.js";
import { type DicomElement, DicomParser, type HeaderEnd, type Syntax, undefinedLength } from "./parse.js";
import { encapsulatedPixels, type ImageShape, imageShape, nativeLength, nativePixels, numberOf } from "./pixels.js";
import { burnedInClasses, burnedInModalities, cleanPixelCode, implementation, methodCodes, pixellessClasses, refusedClasses, transferSyntaxes } from "./rules.js";
import { elementHead, textElement, writeElements } from "./write.js";

export interface DicomOptions {
  readonly pseudonyms: Pseudonymizer;
  readonly report: ReportBuilder;
  /** Also the limit for a deflated data set once it is inflated. */
  readonly maxBytes: number;
  /** Reads text in pixels. */
  readonly reader: Pick<TextReader, "read">;
}

const explicitLittle: Syntax = { implicit: false, bigEndian: false };
const explicitLittleUid = "1.2.840.10008.1.2.1";

/** A DICOM file up to its pixel data, which `reader` gives next. */
export interface DicomHeader {
  readonly transferSyntax: string;
  readonly syntax: Syntax;
  readonly encapsulated: boolean;
  readonly elements: DicomElement[];
  readonly end: HeaderEnd;
  readonly parser: DicomParser;
  readonly reader: ChunkReader;
  /** Offset of the data set in the file. */
  readonly base: number;
  readonly text: (tag: string) => string;
}

/** Reads preamble, file meta information and data set up to the pixel data. Throws FORMAT_INVALID. */
export async function readDicomHeader(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<DicomHeader> {
  const file = new ChunkReader(chunks);
  if (!(await file.fill(132))) throw invalid("DICOM", "the file ends inside the preamble", { position: 0 });
  file.take(132);
  const metaParser = new DicomParser(file, explicitLittle, 0);
  let transferSyntax = "";
  for (;;) {
    if (!(await file.fill(8))) throw invalid("DICOM", "the file ends inside the file meta information", { position: file.position });
    const next = file.peek(8);
    if (next[0] !== 2 || next[1] !== 0) break;
    const head = await metaParser.head();
    if (head.length > 65_536) throw invalid("DICOM", "a file meta element is too long", { position: file.position });
    if (!(await file.fill(head.length))) throw invalid("DICOM", "the file ends inside the file meta information", { position: file.position });
    const value = file.take(head.length);
    if (head.tag === "00020010") transferSyntax = textOf(value);
  }
  const kind = transferSyntaxes[transferSyntax];
  if (kind === undefined) throw invalid("DICOM", transferSyntax === "" ? "the transfer syntax is missing" : "the transfer syntax is none that Galen reads", { position: file.position });
  const syntax: Syntax = { implicit: kind.implicit === true, bigEndian: kind.bigEndian === true };
  const base = file.position;
  const reader = kind.deflated === true ? new ChunkReader(inflate("deflate-raw", file.stream(Number.POSITIVE_INFINITY), maxBytes, (reason) => invalid("DICOM", reason, { position: base }))) : file;
  const parser = new DicomParser(reader, syntax, kind.deflated === true ? base : 0);
  const { elements, end } = await parser.header();
  const values = new Map(elements.map((element) => [element.tag, element]));
  const text = (tag: string): string => { const value = values.get(tag)?.value; return value === undefined ? "" : textOf(value); };
  return { transferSyntax, syntax, encapsulated: kind.encapsulated === true, elements, end, parser, reader, base: kind.deflated === true ? base : 0, text };
}

/** Refuses what the profile cannot make safe, and what dcmjs and its like let pass as half a file. */
function check({ elements, end, syntax, encapsulated, text, base, reader }: DicomHeader): { readonly shape: ImageShape | null; /** Whether text has to be looked for in the pixels. */ readonly suspect: boolean } {
  const place = { position: base + reader.position };
  if (elements.some(({ tag }) => tag.startsWith("0004"))) throw invalid("DICOM", "a DICOMDIR is an index, not a record", { path: "(0004,xxxx)" });
  for (const { tag, vr } of elements) if ((tag === "00080016" || tag === "00080018") && vr !== "UI") throw invalid("DICOM", "SOP Class UID or SOP Instance UID has another VR than UI", { path: `(0008,${tag.slice(4)})` });
  const sopClass = text("00080016");
  if (sopClass.trim() === "" || text("00080018").trim() === "") throw invalid("DICOM", "SOP Class UID or SOP Instance UID is missing", { path: sopClass.trim() === "" ? "(0008,0016)" : "(0008,0018)" });
  for (const [prefix, what] of refusedClasses) if (sopClass.startsWith(prefix)) throw refused("DICOM", `${what} hold text that cannot be cleaned with certainty`, { path: "(0008,0016)" });
  const burned = text("00280301").toUpperCase();
  const risky = burnedInClasses.includes(sopClass) || burnedInModalities.includes(text("00080060").toUpperCase());
  const suspect = burned === "YES" || (risky && burned !== "NO");
  const shape = imageShape(elements, syntax.bigEndian);
  if (end.kind !== "pixels") {
    if (!pixellessClasses.some((prefix) => sopClass.startsWith(prefix))) throw invalid("DICOM", "an image without pixel data: the file ends before it", place);
    return { shape: null, suspect: false };
  }
  if (shape === null) throw invalid("DICOM", "pixel data without rows and columns", place);
  if (end.tag === "7FE00010" && encapsulated !== (end.length === undefinedLength)) throw invalid("DICOM", "the pixel data is not encoded as the transfer syntax says", place);
  if (end.length !== undefinedLength && end.length !== nativeLength(shape)) throw invalid("DICOM", "the pixel data is not as long as rows, columns and frames say", place);
  if (suspect && (encapsulated || end.tag !== "7FE00010" || !canBeRead(shape))) throw refused("DICOM", "the pixels may have a name burned into them, and are stored in a way in which text cannot be looked for", { path: "(0028,0301)" });
  return { shape, suspect };
}

/** @returns preamble and file meta information, written anew. */
function fileMeta(sopClass: string, sopInstance: string, transferSyntax: string): Uint8Array {
  const body = writeElements([
    { tag: "00020001", vr: "OB", value: new Uint8Array([0, 1]), items: null },
    textElement("00020002", sopClass), textElement("00020003", sopInstance), textElement("00020010", transferSyntax),
    textElement("00020012", implementation.uid), textElement("00020013", implementation.version),
  ], explicitLittle);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, body.length, true);
  const start = new Uint8Array(132);
  start.set([0x44, 0x49, 0x43, 0x4d], 128);
  return concat([start, writeElements([{ tag: "00020000", vr: "UL", value: length, items: null }], explicitLittle), body]);
}

/** What says that and how the file was de-identified (PS3.15 §E.1.1). */
function marks(looked: boolean): DicomElement[] {
  const items = [...methodCodes, ...(looked ? [cleanPixelCode] : [])].map(([code, meaning]) => [textElement("00080100", code), textElement("00080102", "DCM"), textElement("00080104", meaning)]);
  return [
    textElement("00120062", "YES"),
    textElement("00120063", "Galen"),
    { tag: "00120064", vr: "SQ", value: new Uint8Array(0), items },
    textElement("00280303", "MODIFIED"),
    ...(looked ? [textElement("00280301", "NO")] : []),
  ];
}

/** @returns the pixels, in which text was looked for and blanked. Throws DEIDENTIFICATION_REFUSED. */
async function withoutText({ reader, end, base, elements, syntax, text }: DicomHeader, shape: ImageShape, { report, reader: texts }: DicomOptions): Promise<Uint8Array> {
  const pixels = end.kind === "pixels" ? await collect(nativePixels(reader, end.length, base)) : new Uint8Array(0);
  const layout = { ...shape, planar: numberOf(elements, "00280006", syntax.bigEndian) === 1, signed: numberOf(elements, "00280103", syntax.bigEndian) === 1, bigEndian: syntax.bigEndian };
  const own = pixels.slice();
  const lines = await blankBurnedIn(own, layout, texts, text("00280301").toUpperCase() === "YES");
  if (lines > 0) report.count("dicom.burned-in-line", "removed", "(7FE0,0010)", lines);
  report.warn(lookYourself);
  return own;
}

/** De-identifies a DICOM part 10 file. Pixel data in which no text has to be looked for passes through unchanged; a deflated data set comes out inflated. */
export async function* deidentifyDicom(chunks: AsyncIterable<Uint8Array>, options: DicomOptions): AsyncGenerator<Uint8Array> {
  const { pseudonyms, report } = options;
  const header = await readDicomHeader(chunks, options.maxBytes);
  const { syntax, end, reader, base, text } = header;
  const { shape, suspect } = check(header);
  const patientId = text("00100020");
  const patient = patientId === "" ? (text("00100010") === "" ? text("0020000D") : text("00100010")) : patientId;
  report.patient(pseudonyms.hex("id", patient));
  report.records = 1;
  if (["CT", "MR"].includes(text("00080060")) && /HEAD|BRAIN|SKULL|FACE|NECK/i.test(text("00180015") + text("00081030") + text("0008103E"))) {
    report.warn("A series of head images can be rendered as a face. The profile does not change pixels.");
  }
  const looked = suspect && shape !== null ? await withoutText(header, shape, options) : null;
  const cleaned = [...cleanElements(header.elements, { pseudonyms, report, days: pseudonyms.dayShift(patient) }).filter(({ tag }) => looked === null || tag !== "00280301"), ...marks(looked !== null)]
    .sort((a, b) => (a.tag < b.tag ? -1 : 1));
  const transferSyntax = header.transferSyntax === "1.2.840.10008.1.2.1.99" ? explicitLittleUid : header.transferSyntax;
  yield fileMeta(text("00080016"), pseudonyms.uid(text("00080018")), transferSyntax);
  yield writeElements(cleaned, syntax);
  if (end.kind === "pixels") {
    report.count("dicom.pixels", "kept", `(${end.tag.slice(0, 4)},${end.tag.slice(4)})`);
    yield elementHead(end.tag, end.vr, end.length, syntax);
    if (looked !== null) yield looked;
    else yield* end.length === undefinedLength ? encapsulatedPixels(reader, base, shape?.frames ?? 1) : nativePixels(reader, end.length, base);
    // Padding and digital signatures follow: they are read, so that a damaged end is noticed, and removed.
    while (reader.has(1) || (await reader.fill(1))) {
      if (!(await reader.fill(8)) || reader.peek(8).every((byte) => byte === 0)) {
        // Archives fill files up with zeros; anything else that is no element is refused.
        for await (const piece of reader.stream(Number.POSITIVE_INFINITY)) if (piece.some((byte) => byte !== 0)) throw invalid("DICOM", "something other than elements follows the pixel data", { position: base + reader.position });
        report.count("dicom.trailing-zeros", "removed", "after the pixel data");
        break;
      }
      const tag = await header.parser.skip();
      report.count("dicom.after-pixels", "removed", `(${tag.slice(0, 4)},${tag.slice(4)})`);
    }
  }
}
