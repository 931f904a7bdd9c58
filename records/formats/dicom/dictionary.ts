import { confidentialityTable } from "./generated/confidentiality.js";
import { dictionaryTable } from "./generated/dictionary.js";

/** What the standard says of an element. Tags are eight upper-case hexadecimal digits. */
export interface DictionaryEntry {
  readonly vr: string;
  readonly keyword: string;
  /** How many values there are, where the standard fixes it; else 0. */
  readonly count: number;
}

/** The actions of table E.1-1 that we use: those of the Basic Profile and of the options that can be chosen. */
export interface ProfileEntry {
  readonly basic: string;
  readonly device: string;
  readonly patientCharacteristics: string;
  readonly modifiedDates: string;
}

/** The dictionary's own names for what has several VRs. */
const ambiguous: Readonly<Record<string, string>> = { ox: "OW", xs: "US", lt: "OW", up: "UL", na: "UN" };

const exact = new Map<string, DictionaryEntry>();
const patterned: [RegExp, DictionaryEntry][] = [];
for (const line of dictionaryTable.trim().split("\n")) {
  const [tag = "", vr = "", vm = "", keyword = ""] = line.split(" ");
  const entry = { vr: ambiguous[vr] ?? vr, keyword: keyword.replace("RETIRED_", ""), count: /^\d+$/.test(vm) ? Number(vm) : 0 };
  if (tag.includes("X")) patterned.push([new RegExp(`^${tag.replaceAll("X", "[0-9A-F]")}$`), entry]);
  else exact.set(tag, entry);
}
// Repeating groups of PS3.6: overlays and curves, which the source of the dictionary leaves out.
for (const [tag, vr, keyword] of [["60..0010", "US", "OverlayRows"], ["60..0011", "US", "OverlayColumns"], ["60..3000", "OW", "OverlayData"], ["60..4000", "LT", "OverlayComments"]] as const) {
  patterned.push([new RegExp(`^${tag}$`), { vr, keyword, count: 0 }]);
}

/** @returns null for an element that the standard does not know. */
export function dictionaryEntry(tag: string): DictionaryEntry | null {
  return exact.get(tag) ?? patterned.find(([pattern]) => pattern.test(tag))?.[1] ?? null;
}

const profileExact = new Map<string, ProfileEntry>();
const profilePatterned: [RegExp, ProfileEntry][] = [];
for (const line of confidentialityTable.trim().split("\n")) {
  const [tag = "", basic = "X", , , device = "-", , patientCharacteristics = "-", , modifiedDates = "-"] = line.split(" ");
  const entry = { basic, device, patientCharacteristics, modifiedDates };
  if (tag === "PRIVATE.") continue;
  if (tag.includes("XX")) profilePatterned.push([new RegExp(`^${tag.replaceAll("X", "[0-9A-F]")}$`), entry]);
  else profileExact.set(tag, entry);
}

/** @returns the row of table E.1-1, or null where the table leaves the attribute alone. */
export function profileEntry(tag: string): ProfileEntry | null {
  return profileExact.get(tag) ?? profilePatterned.find(([pattern]) => pattern.test(tag))?.[1] ?? null;
}
