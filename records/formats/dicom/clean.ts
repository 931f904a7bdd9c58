import { oldestAge, shiftCompact } from "../../dates.js";
import { isPlainNumber } from "../../numbers.js";
import type { Pseudonymizer } from "../../pseudonym.js";
import type { Action, ReportBuilder } from "../../report.js";
import { checkNamedCode } from "../../terminology/code-systems.js";
import { type DictionaryEntry, dictionaryEntry, profileEntry } from "./dictionary.js";
import type { DicomElement } from "./parse.js";
import { bulkTags, codeStrings, manufacturers, options } from "./rules.js";
import { textElement, textValue } from "./write.js";

export interface CleanContext {
  readonly pseudonyms: Pseudonymizer;
  readonly report: ReportBuilder;
  readonly days: number;
}

const bulk = new Set(bulkTags);
const bulkVrs = new Set(["OB", "OW", "OF", "OD", "OL", "OV"]);
const numberVrs = new Set(["US", "SS", "UL", "SL", "FL", "FD", "UV", "SV", "AT"]);
const widths: Readonly<Record<string, number>> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8, UV: 8, SV: 8, AT: 4 };
const classKeywords = /(?:SOPClass|TransferSyntax|CodingScheme|Context|MappingResource)UID(?:s?InStudy|List)?|SOPClassesInStudy/;
const latin = new TextDecoder("windows-1252");

/** @returns the value as text, without padding. */
export const textOf = (value: Uint8Array): string => latin.decode(value).replace(/[\0 ]+$/, "");

/** @returns the VRs agree, where the dictionary leaves a choice. */
function sameVr(given: string, wanted: string): boolean {
  if (given === wanted) return true;
  const groups = [["US", "SS", "OW"], ["OB", "OW"], ["UL", "US"]];
  return groups.some((group) => group.includes(given) && group.includes(wanted));
}

/** Cleans the elements of a data set and of the sequences in it: PS3.15 table E.1-1, then default-deny by VR. */
export function cleanElements(elements: readonly DicomElement[], context: CleanContext): DicomElement[] {
  const { report } = context;
  const codes = codeTriple(elements, context);
  const out: DicomElement[] = [];
  for (const element of elements) {
    const { tag } = element;
    if (codeTags.has(tag)) { if (codes !== null && codes.has(tag)) out.push(codes.get(tag) as DicomElement); continue; }
    if (Number.parseInt(tag.slice(3, 4), 16) % 2 === 1) { report.count("dicom.private", "removed", "private"); continue; }
    if (tag.endsWith("0000") || tag.startsWith("0012") || tag === "00280303") continue;
    const known = dictionaryEntry(tag);
    const where = `(${tag.slice(0, 4)},${tag.slice(4)})`;
    if (known === null) { report.count("dicom.unknown-element", "removed", "unknown"); continue; }
    if (!sameVr(element.vr, known.vr)) { report.count("dicom.vr-mismatch", "removed", where); continue; }
    const cleaned = cleanElement(element, known, context, where);
    if (cleaned !== null) out.push(cleaned);
  }
  return out;
}

/** What table E.1-1 asks for, with the options of `rules.ts` before the Basic Profile. A list of choices resolves to its safest valid one. */
function actionOf(tag: string): string {
  const entry = profileEntry(tag);
  if (entry === null) return "";
  if (options.modifiedDates && entry.modifiedDates !== "-") return entry.modifiedDates;
  if (options.patientCharacteristics && entry.patientCharacteristics !== "-") return entry.patientCharacteristics;
  if (options.device && entry.device !== "-") return entry.device;
  const basic = entry.basic.replace("*", "");
  if (basic.includes("U")) return "U";
  if (basic.includes("D")) return "D";
  return basic.includes("Z") ? "Z" : basic;
}

function cleanElement(element: DicomElement, known: DictionaryEntry, context: CleanContext, where: string): DicomElement | null {
  const { tag, vr, value, items } = element;
  const { report, pseudonyms, days } = context;
  const empty = { ...element, value: new Uint8Array(0), items: items === null ? null : [] };
  const drop = (rule: string, as: DicomElement | null = null): DicomElement | null => { report.count(rule, "removed", where); return as; };
  const did = (rule: string, action: Action, text: string): DicomElement => { report.count(rule, action, where); return { ...element, value: textValue(vr, text) }; };
  const text = items === null && !bulkVrs.has(vr) && !numberVrs.has(vr) ? textOf(value) : "";

  if (tag === "00100020") return text === "" ? empty : did("dicom.patient-id", "pseudonymised", pseudonyms.hex("id", text));
  if (tag === "00100010") return text === "" ? empty : did("dicom.patient-name", "removed", "ANONYMOUS");
  if (tag === "00080070") {
    const maker = manufacturers.find((name) => text.toUpperCase().includes(name) || (name.startsWith("GE ") && /^GE\b/i.test(text)));
    return maker === undefined ? drop("dicom.text") : did("dicom.manufacturer", "kept", maker);
  }

  const action = actionOf(tag);
  const profiled = action !== "";
  if (action === "X") return drop("dicom.profile.X");
  if (action === "Z") return drop("dicom.profile.Z", empty);
  if (action === "D") {
    if (vr === "SQ") return drop("dicom.profile.D", empty);
    if (vr === "UI") return did("dicom.uid", "pseudonymised", renameUids(text, context));
    if (!["DA", "DT", "TM"].includes(vr)) return drop("dicom.profile.D", dummy(element));
  }

  if (vr === "SQ") {
    const inner = (items ?? []).map((item) => cleanElements(item, context)).filter((item) => item.length > 0);
    if (inner.length === 0 && (items ?? []).length > 0) return drop("dicom.sequence.emptied", profiled ? empty : null);
    return { ...element, value: new Uint8Array(0), items: inner };
  }
  if (vr === "UI") {
    if (action !== "U" && classKeywords.test(known.keyword)) {
      const sound = text.split("\\").every((uid) => /^1\.2\.840\.10008(?:\.[1-9]?\d{1,3}){1,9}$/.test(uid.trim()));
      if (sound) { report.count("dicom.uid.standard", "kept", where); return element; }
    }
    return text === "" ? element : did("dicom.uid", "pseudonymised", renameUids(text, context));
  }
  if (vr === "DA" || vr === "DT") {
    const moved = text.split("\\").map((one) => (one.trim() === "" ? "" : shiftCompact(one.trim().replace(/^(\d{4})\.(\d{2})\.(\d{2})$/, "$1$2$3"), days)));
    return moved.includes(null) ? drop("dicom.date.malformed", empty) : did("dicom.date", "shifted", moved.join("\\"));
  }
  if (vr === "TM") return text.split("\\").every((one) => /^(?:\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d{1,6})?)?)?)?$/.test(one.trim())) ? keep() : drop("dicom.time.malformed", empty);
  if (vr === "AS") {
    const found = /^(\d{3})([DWMY])$/.exec(text);
    if (found?.[1] === undefined) return drop("dicom.age.malformed", empty);
    return found[2] === "Y" && Number(found[1]) > oldestAge ? did("dicom.age-over-89", "generalised", "090Y") : keep();
  }
  if (vr === "DS" || vr === "IS") return text.split("\\").every((one) => one.trim() === "" || isPlainNumber(one.trim())) ? keep() : drop("dicom.number.malformed", empty);
  if (numberVrs.has(vr)) return areNumbers(value, widths[vr] ?? 1, known.count) ? keep() : drop("dicom.number.malformed");
  if (vr === "CS") {
    const values = text.split("\\").map((one) => one.trim());
    if (values.every((one) => one === "" || codeStrings.has(one))) return keep();
    report.count("dicom.code-string", "removed", where);
    // The order of the values has a meaning (ImageType), so an unknown one leaves its place empty.
    return values.length > 1 ? { ...element, value: textValue(vr, values.map((one) => (codeStrings.has(one) ? one : "")).join("\\")) } : empty;
  }
  if (bulkVrs.has(vr)) return bulk.has(tag) ? keep() : drop("dicom.bulk");
  return drop("dicom.text");

  function keep(): DicomElement { report.count("dicom.standard", "kept", where); return element; }
}

/** Binary numbers, as many as the standard says; what reads as text from end to end is none. */
function areNumbers(value: Uint8Array, width: number, count: number): boolean {
  if (value.length % width !== 0 || (count > 0 && value.length > width * count)) return false;
  return value.length < 6 || !value.every((byte) => byte === 0 || (byte >= 32 && byte < 127)) || value.every((byte) => byte === 0) || isSparse(value);
}

/** Small numbers have more zero bytes than a text, which has them at its end alone. */
function isSparse(value: Uint8Array): boolean {
  const end = value.findLastIndex((byte) => byte !== 0);
  return value.subarray(0, end).includes(0);
}

const renameUids = (text: string, { pseudonyms }: CleanContext): string =>
  text.split("\\").map((uid) => (uid.trim() === "" ? "" : pseudonyms.uid(uid.trim()))).join("\\");

/** A value that says nothing, for attributes that must have one. */
function dummy(element: DicomElement): DicomElement | null {
  const { vr } = element;
  if (["PN", "LO", "SH", "ST", "LT", "UT", "UC", "AE"].includes(vr)) return { ...element, value: textValue(vr, "REMOVED") };
  if (["IS", "DS"].includes(vr)) return { ...element, value: textValue(vr, "0") };
  if (numberVrs.has(vr)) return { ...element, value: new Uint8Array(widths[vr] ?? 2) };
  if (bulkVrs.has(vr) || vr === "UN" || vr === "UR") return null;
  return { ...element, value: new Uint8Array(0) };
}

const codeTags = new Set(["00080100", "00080102", "00080103", "00080104", "00080119", "00080120"]);

/** A coded entry stays whole or goes whole: its meaning is a text, so the code stands in for it. */
function codeTriple(elements: readonly DicomElement[], { report }: CleanContext): Map<string, DicomElement> | null {
  const find = (tag: string): string | undefined => { const found = elements.find((element) => element.tag === tag); return found === undefined ? undefined : textOf(found.value); };
  const [code, scheme] = [find("00080100"), find("00080102")];
  if (code === undefined && scheme === undefined) return null;
  if (code === undefined || scheme === undefined || checkNamedCode(scheme, code) !== "known") { report.count("dicom.code", "removed", "(0008,0100)"); return null; }
  report.count("dicom.code", "kept", "(0008,0100)");
  return new Map([["00080100", textElement("00080100", code)], ["00080102", textElement("00080102", scheme)], ["00080104", textElement("00080104", code)]]);
}
