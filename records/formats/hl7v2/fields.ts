import { groupedBirthYear, oldestAge, shiftCompact } from "../../dates.js";
import { isPlainNumber } from "../../numbers.js";
import type { Pseudonymizer } from "../../pseudonym.js";
import type { Action } from "../../report.js";
import { checkNamedCode, inTable } from "../../terminology/code-systems.js";
import { countries, usStates, zip3 } from "../../terminology/places.js";
import { isUnit } from "../../terminology/units.js";
import { ageCodes, birthDateCodes } from "../fhir/rules.js";
import { resultWords, valueTypes } from "./rules.js";
import type { Delimiters } from "./syntax.js";

export interface FieldContext {
  readonly delimiters: Delimiters;
  readonly pseudonyms: Pseudonymizer;
  readonly referenceDate: Date;
  /** Days to add to this patient's dates. */
  readonly days: number;
  /** OBX-2 and the code of OBX-3, for OBX-5. */
  readonly valueType: string;
  readonly code: string;
}

/** A field's new text ("" if nothing stays) and what was done to it. */
export interface FieldResult { readonly text: string; readonly action: Action }

const words = new Set(resultWords);
const ages = new Set(ageCodes);
const births = new Set(birthDateCodes);
const gone: FieldResult = { text: "", action: "removed" };
const kept = (text: string): FieldResult => ({ text, action: "kept" });
const time = /^(?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d(?:\.\d{1,4})?)?)?(?:[+-]\d{4})?$/;

function timestamp(text: string, context: FieldContext): FieldResult {
  const moved = shiftCompact(text.trim(), context.days);
  return moved === null ? gone : { text: moved, action: "shifted" };
}

function birthDate(text: string, context: FieldContext): FieldResult {
  const year = groupedBirthYear(text, context.referenceDate);
  return year === null ? timestamp(text, context) : { text: String(year), action: "generalised" };
}

/** One or two triples of code, text and system: the text goes. */
function coded(components: readonly string[], context: FieldContext): FieldResult {
  const { delimiters, pseudonyms } = context;
  const out: string[] = [];
  let action: Action = "removed";
  for (const at of [0, 3]) {
    const code = components[at]?.trim() ?? "";
    const system = components[at + 2]?.trim() ?? "";
    if (code === "") { out.push("", "", ""); continue; }
    const verdict = checkNamedCode(system, code);
    if (verdict === "known") { out.push(code, "", system); action = "kept"; }
    else if (verdict === "unknown") { out.push(pseudonyms.hex("code", `${system}|${code}`, 12), "", "99LOCAL"); if (action === "removed") action = "pseudonymised"; }
    else out.push("", "", "");
  }
  while (out.at(-1) === "") out.pop();
  return out.length === 0 ? gone : { text: out.join(delimiters.component), action };
}

/** A units field is a CE whose first component is the unit; its system may be named or not. */
function unit(components: readonly string[]): FieldResult {
  const first = components[0]?.trim() ?? "";
  return isUnit(first) ? kept(first) : gone;
}

function number(text: string, context: FieldContext): FieldResult {
  const trimmed = text.trim();
  if (!isPlainNumber(trimmed)) return gone;
  if (ages.has(context.code) && Number(trimmed) > oldestAge) return { text: String(oldestAge + 1), action: "generalised" };
  return kept(trimmed);
}

/** OBX-5, by OBX-2. */
function value(components: readonly string[], context: FieldContext): FieldResult {
  const first = components[0] ?? "";
  switch (context.valueType) {
    case "NM": return number(first, context);
    case "SN": {
      const [comparator = "", low = "", separator = "", high = ""] = components.map((part) => part.trim());
      const sound = /^(?:[<>]=?|=|<>)?$/.test(comparator) && (low === "" || isPlainNumber(low)) && /^[-+/.:]?$/.test(separator) && (high === "" || isPlainNumber(high));
      return sound && !ages.has(context.code) ? kept([comparator, low, separator, high].join(context.delimiters.component)) : gone;
    }
    case "CE": case "CWE": case "CNE": case "CF": case "ID": case "IS": return coded(components, context);
    case "DT": case "TS": case "DTM": return births.has(context.code) ? birthDate(first, context) : timestamp(first, context);
    case "TM": return time.test(first) ? kept(first) : gone;
    case "ST": {
      const plain = first.trim();
      if (ages.has(context.code)) return number(plain, context);
      if (words.has(plain.toLowerCase()) || isPlainNumber(plain.replace(/^[<>]=?\s*/, "")) || /^1:\d{1,6}$/.test(plain)) return kept(plain);
      return gone;
    }
    default: return gone;
  }
}

/** @returns one repetition of a field as it may leave. `rule` is one of `segmentRules`. */
export function cleanField(rule: string, text: string, context: FieldContext): FieldResult {
  const { delimiters, pseudonyms } = context;
  const components = text.split(delimiters.component);
  const first = components[0]?.trim() ?? "";
  if (rule.length === 5 && rule.startsWith("t0")) return inTable(rule.slice(1), first) ? kept(first) : gone;
  switch (rule) {
    case "si": return /^\d{1,4}$/.test(first) ? kept(first) : gone;
    case "num": return number(first, context);
    case "ts": return timestamp(first, context);
    case "dr": {
      const [from, to] = [timestamp(first, context), timestamp(components[1] ?? "", context)];
      return from.text === "" && to.text === "" ? gone : { text: to.text === "" ? from.text : from.text + delimiters.component + to.text, action: "shifted" };
    }
    case "birth": return birthDate(first, context);
    case "patient": return first === "" ? gone : { text: pseudonyms.hex("id", first), action: "pseudonymised" };
    case "id": {
      const whole = components.filter((part) => part !== "").join("|");
      return whole === "" ? gone : { text: pseudonyms.hex("hl7.id", whole, 16), action: "pseudonymised" };
    }
    case "code": return coded(components, context);
    case "unit": return unit(components);
    case "range": return /^(?:[<>]=?\s*)?-?\d{1,7}(?:\.\d{1,6})?(?:\s*-\s*-?\d{1,7}(?:\.\d{1,6})?)?$/.test(first) ? kept(first) : gone;
    case "subid": return /^\d{1,4}(?:\.\d{1,3})*$/.test(first) ? kept(first) : gone;
    case "version": { const version = /^2(?:\.\d){1,2}$/.exec(first)?.[0]; return version === undefined ? gone : kept(version); }
    case "type": return valueTypes.includes(first) ? kept(first) : gone;
    case "event": return inTable("0003", first) ? kept(first) : gone;
    case "message": {
      const sound = inTable("0076", first) ? [first, ...(inTable("0003", components[1] ?? "") ? [components[1]] : [])] : [];
      return sound.length === 0 ? gone : kept(sound.join(delimiters.component));
    }
    case "address": {
      const [state = "", zip = "", country = ""] = components.slice(3, 6).map((part) => part.trim());
      const parts = ["", "", "", usStates.has(state) ? state : "", zip3(zip) ?? "", countries.has(country) ? country : ""];
      while (parts.at(-1) === "") parts.pop();
      return parts.length === 0 ? gone : { text: parts.join(delimiters.component), action: "generalised" };
    }
    case "value": return value(components, context);
    default: return gone;
  }
}
