import { createRequire } from "node:module";
import { join } from "node:path";
import { packageRoot } from "../../platform/package-root.js";
import { concat } from "../../records/bytes.js";
import { profileEntry } from "../../records/formats/dicom/dictionary.js";
import { dictionaryTable } from "../../records/formats/dicom/generated/dictionary.js";
import type { DicomElement } from "../../records/formats/dicom/parse.js";
import { elementHead, textElement, writeElements } from "../../records/formats/dicom/write.js";
import { bytesSource, collect, deidentifyRecord } from "../../records/index.js";

const little = { implicit: false, bigEndian: false };
const us = (tag: string, value: number): DicomElement => ({ tag, vr: "US", value: new Uint8Array([value & 255, value >> 8]), items: null });

/** A small MR image with a text of its own in every element of free text that the standard has, also nested and private. */
function planted(): { file: Uint8Array; secrets: string[]; listed: string[] } {
  const secrets: string[] = [];
  const listed: string[] = [];
  const secret = (): string => { const text = `Zq${String(secrets.length).padStart(5, "0")}X`; secrets.push(text); return text; };
  const list: DicomElement[] = [];
  for (const line of dictionaryTable.trim().split("\n")) {
    const [tag = "", vr = ""] = line.split(" ");
    if (!/^[0-9A-F]{8}$/.test(tag) || /^(0000|0002|0004|7FE|F)/.test(tag) || !/^(LO|LT|PN|SH|ST|UC|UT)$/.test(vr)) continue;
    const text = secret();
    if (profileEntry(tag) !== null) listed.push(text);
    list.push({ ...textElement(tag, text), vr });
  }
  list.push({ tag: "00081110", vr: "SQ", value: new Uint8Array(0), items: [[textElement("00100010", secret()), textElement("00102160", secret())]] });
  list.push({ ...textElement("00091001", secret()), vr: "LO" }, { ...textElement("00291002", secret()), vr: "UT" });
  // The peer fails on a file without these two.
  list.push(textElement("00100030", "19800102"), textElement("00080030", "101112"));
  for (const tag of ["00080012", "00080020", "00080021", "00080022", "00080023"]) list.push(textElement(tag, "20200102"));
  list.push(textElement("00080016", "1.2.840.10008.5.1.4.1.1.4"), textElement("00080018", "1.2.3.4"), textElement("00080060", "MR"), textElement("0020000D", "1.2.3"), us("00280002", 1), textElement("00280004", "MONOCHROME2"), us("00280010", 4), us("00280011", 4), us("00280100", 8), us("00280101", 8), us("00280102", 7), us("00280103", 0));
  const start = new Uint8Array(132);
  start.set([0x44, 0x49, 0x43, 0x4d], 128);
  const meta = writeElements([textElement("00020002", "1.2.840.10008.5.1.4.1.1.4"), textElement("00020003", "1.2.3.4"), textElement("00020010", "1.2.840.10008.1.2.1")], little);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, meta.length, true);
  const elements = [...new Map(list.map((element) => [element.tag, element])).values()].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  return { secrets, listed, file: concat([start, writeElements([{ tag: "00020000", vr: "UL", value: length, items: null }], little), meta, writeElements(elements, little), elementHead("7FE00010", "OB", 16, little), new Uint8Array(16)]) };
}

interface Shares { readonly name: string; readonly ours: number; readonly peer: number }

/** @returns the shares of the planted texts that are found in our output and in the peer's: of all text elements, and of those that table E.1-1 names, which is all that the peer claims. */
export async function dicomLeaks(): Promise<readonly Shares[]> {
  const { file, secrets, listed } = planted();
  const share = (output: Uint8Array, of: readonly string[]): number => { const text = Buffer.from(output).toString("latin1"); return of.filter((secret) => text.includes(secret)).length / of.length; };
  const { DicomDeidentifier } = createRequire(join(packageRoot(), "bench/peers/deidentifiers/package.json"))("@umessen/dicom-deidentifier") as { DicomDeidentifier: new (options: object) => { deidentify(bytes: Uint8Array): Uint8Array } };
  const ours = await collect(deidentifyRecord(bytesSource(file), { key: new Uint8Array(32).fill(7) }).output);
  // As its own manual configures it.
  const peer = new DicomDeidentifier({ profileOptions: [], dummies: { default: "removed", lookup: {} } }).deidentify(file);
  return [[`${listed.length} text elements of table E.1-1`, listed], [`${secrets.length} text elements, all of the standard's, nested and private`, secrets]]
    .map(([name, of]) => ({ name: String(name), ours: share(ours, of as string[]), peer: share(peer, of as string[]) }));
}
