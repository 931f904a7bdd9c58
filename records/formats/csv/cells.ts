import { groupedBirthYear, oldestAge, dayNumber } from "../../dates.js";
import { isPlainNumber } from "../../numbers.js";
import type { Pseudonymizer } from "../../pseudonym.js";
import type { Action } from "../../report.js";
import { countries, usStates, zip3 } from "../../terminology/places.js";
import { isUnit } from "../../terminology/units.js";
import { resultWords } from "../hl7v2/rules.js";
import type { Column } from "./columns.js";
import { shiftDate, yearOf } from "./dates.js";
import { categoryWords } from "./rules.js";

export interface CellContext {
  readonly pseudonyms: Pseudonymizer;
  readonly referenceDate: Date;
  /** Days to add to this row's patient's dates. */
  readonly days: number;
}

export interface CellResult { readonly text: string; readonly action: Action }

const gone: CellResult = { text: "", action: "removed" };
const results = new Set(resultWords);
const vocabularies = new Map(Object.entries(categoryWords).map(([role, list]) => [role, new Set(list)]));

/** @returns a cell as it may leave. Whatever does not have its column's form is removed. */
export function cleanCell(cell: string, column: Column, context: CellContext): CellResult {
  const text = cell.trim();
  const kept: CellResult = { text, action: "kept" };
  switch (column.role) {
    case "remove": return gone;
    case "patient-id": return { text: context.pseudonyms.hex("id", text), action: "pseudonymised" };
    case "id": return { text: context.pseudonyms.hex("csv.id", text, 16), action: "pseudonymised" };
    case "birth-date": {
      const year = yearOf(text, column.dateForm);
      const iso = year === null ? null : isoOf(text, column);
      const grouped = iso === null ? null : groupedBirthYear(iso, context.referenceDate);
      if (grouped !== null) return { text: String(grouped), action: "generalised" };
      return moved(text, column, context);
    }
    case "date": return moved(text, column, context);
    case "age": {
      if (!isPlainNumber(text)) return gone;
      return Number(text) > oldestAge ? { text: String(oldestAge + 1), action: "generalised" } : kept;
    }
    case "postcode": { const three = zip3(text); return three === null ? gone : { text: three, action: "generalised" }; }
    case "state": return usStates.has(text) ? kept : gone;
    case "country": return countries.has(text) ? kept : gone;
    case "code": return column.code?.(text) === true ? kept : gone;
    case "unit": return isUnit(text) ? kept : gone;
    case "number": return isPlainNumber(text.replace(/^[<>]=?\s*/, "")) || results.has(text.toLowerCase()) ? kept : gone;
    case "category": return vocabularies.get("category")?.has(text.toLowerCase()) === true || results.has(text.toLowerCase()) || isPlainNumber(text) ? kept : gone;
    default: return vocabularies.get(column.role)?.has(text.toLowerCase()) === true ? kept : gone;
  }
}

function moved(text: string, column: Column, { days }: CellContext): CellResult {
  const date = shiftDate(text, column.dateForm, days) ?? shiftDate(text, "iso", days);
  return date === null ? gone : { text: date, action: "shifted" };
}

/** @returns the day in ISO form, for the arithmetic of ages. */
function isoOf(text: string, column: Column): string | null {
  const form = column.dateForm;
  if (form === "iso") return text.slice(0, 10);
  const parts = form === "compact" ? [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)] : text.split(" ")[0]?.split(/[/.-]/) ?? [];
  const [a = "", b = "", c = ""] = parts;
  const [y, m, d] = form === "dmy" ? [c, b, a] : form === "mdy" ? [c, a, b] : [a, b, c];
  return dayNumber(Number(y), Number(m), Number(d)) === null ? null : `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`;
}
