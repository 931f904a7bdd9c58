import { deflateRawSync } from "../zlib-node.js";
import { bytesSource, collect, concat } from "../../bytes.js";
import { readDicomHeader } from "../../formats/dicom/dicom.js";
import type { DicomElement, Syntax } from "../../formats/dicom/parse.js";
import { elementHead, textElement, writeElements } from "../../formats/dicom/write.js";
import { type Damage, damageBytes, type Mutate, oddTexts, pick } from "./damage.js";

const little: Syntax = { implicit: false, bigEndian: false };
const vrs = "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV XX".split(" ");
const syntaxes = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5", "1.2.3", ""] as const;
const tags = ["00080016", "00080018", "00100020", "00100010", "00280010", "00280011", "00280008", "00280100", "00280002", "00090010", "FFFEE000", "FFFEE00D", "FFFEE0DD", "7FE00010", "00020010", "00041130", "00280301", "00080060", "FFFCFFFC", "60003000", "00081140", "00000000"];
const lengths = [0, 1, 2, 7, 0xfffe, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff];

const nested = (depth: number): DicomElement[] => (depth === 0 ? [textElement("00100010", "DOE^JANE")] : [{ tag: "00081140", vr: "SQ", value: new Uint8Array(0), items: [nested(depth - 1), []] }]);

function spoil(elements: DicomElement[], { kind, place, value }: Damage): void {
  const at = Math.min(elements.length - 1, Math.floor(place * elements.length));
  const element = elements[at];
  if (element === undefined) return;
  switch (kind % 8) {
    case 0: elements.splice(at, 1); break;
    case 1: elements.splice(at, 0, element); break;
    case 2: { const other = value % elements.length; [elements[at], elements[other]] = [elements[other] as DicomElement, element]; break; }
    case 3: elements[at] = { ...element, tag: pick(tags, (value % 101) / 101) }; break;
    case 4: elements[at] = { ...element, vr: pick(vrs, (value % 103) / 103) }; break;
    case 5: elements[at] = { ...element, items: null, value: new TextEncoder().encode((oddTexts[value % oddTexts.length] ?? "").slice(0, 60_000)) }; break;
    case 6: elements[at] = { ...element, items: null, value: element.value.subarray(0, value % (element.value.length + 1)) }; break;
    default: elements.push(...nested(1 + (value % 45))); elements.sort((a, b) => (a.tag < b.tag ? -1 : 1));
  }
}

/** The elements as bytes; the lengths of those that damage speaks of are lies. */
function written(elements: readonly DicomElement[], syntax: Syntax, lies: readonly Damage[]): Uint8Array {
  const parts = elements.map((element) => writeElements([element], syntax));
  for (const { place, value } of lies) {
    const part = parts[Math.floor(place * parts.length)];
    const element = elements[Math.floor(place * parts.length)];
    if (part === undefined || element === undefined) continue;
    const head = elementHead(element.tag, element.items === null ? element.vr : "SQ", pick(lengths, (value % 107) / 107), syntax);
    part.set(head.subarray(0, part.length));
  }
  return concat(parts);
}

/**
 * @param file - a DICOM file, whose elements are spoilt one by one.
 * @param small - replaces the pixels by 16 × 16 of one byte, so that thousands of inputs are quick.
 */
export async function dicomMutator(file: Uint8Array, small: boolean): Promise<Mutate> {
  const header = await readDicomHeader(bytesSource(file)(), 2 ** 30);
  const { syntax, end, transferSyntax } = header;
  if (end.kind !== "pixels") throw new Error("The sample must have pixels.");
  const us = (tag: string, value: number): DicomElement => { const bytes = new Uint8Array(2); new DataView(bytes.buffer).setUint16(0, value, !syntax.bigEndian); return { tag, vr: "US", value: bytes, items: null }; };
  const replaced = small ? [us("00280010", 16), us("00280011", 16), us("00280100", 8), us("00280002", 1), textElement("00280004", "MONOCHROME2"), textElement("00280008", "1"), textElement("00280301", "NO")] : [];
  const elements = [...header.elements.filter(({ tag }) => !replaced.some((one) => one.tag === tag)), ...replaced].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  const pixels = small ? new Uint8Array(256).fill(9) : await collect(header.reader.stream(Number.POSITIVE_INFINITY));
  return (damages) => {
    const list = [...elements];
    const of = (remainder: number): Damage[] => damages.filter(({ kind }) => kind % 5 === remainder).map((damage) => ({ ...damage, kind: Math.floor(damage.kind / 5) }));
    for (const damage of of(0)) spoil(list, damage);
    const told = of(2)[0] === undefined ? transferSyntax : (syntaxes[(of(2)[0]?.value ?? 0) % syntaxes.length] ?? "");
    const start = new Uint8Array(132);
    start.set([0x44, 0x49, 0x43, 0x4d], 128);
    const pixelLength = of(3)[0] === undefined ? (small ? pixels.length : end.length) : pick([...lengths, pixels.length], ((of(3)[0]?.value ?? 0) % 97) / 97);
    const dataSet = concat([written(list, syntax, of(1)), elementHead(end.tag, end.vr, pixelLength, syntax), pixels]);
    let bytes = concat([start, writeElements([textElement("00020010", told)], little), told === "1.2.840.10008.1.2.1.99" ? new Uint8Array(deflateRawSync(dataSet)) : dataSet]);
    // Sixteen bits of UTF-16 make nothing of a binary file that flipped bytes do not.
    for (const damage of of(4)) bytes = damageBytes(bytes, { ...damage, kind: damage.kind % 5 });
    return bytes;
  };
}
