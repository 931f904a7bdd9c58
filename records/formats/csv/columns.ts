import { isPlainNumber } from "../../numbers.js";
import { codeForms } from "../../terminology/code-systems.js";
import { isUnit } from "../../terminology/units.js";
import { type DateForm, dateForm } from "./dates.js";
import { categoryWords, type ColumnRole, formShare, headerRules } from "./rules.js";

/** A column with what is to be done with its cells. */
export interface Column {
  readonly index: number;
  readonly role: ColumnRole;
  /** How dates are written, where the role is a date. */
  readonly dateForm: DateForm;
  /** Whether a cell is a code, where the role is: of the terminology that most cells fit. */
  readonly code: ((code: string) => boolean) | null;
  /** The header as it may leave. */
  readonly header: string;
}

const compiledHeaders = headerRules.map(([pattern, role]) => [new RegExp(pattern), role] as const);
const words = new Set(categoryWords["category"] ?? []);

/** @returns the header in lower-case words: `PatientBirthDate`, `PATIENT_BIRTH_DATE` → `patient birth date`. */
export function headerWords(header: string): string {
  return header.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/[^\p{L}\d]+/gu, " ").trim().toLowerCase();
}

/** @returns the role that a header alone tells, or null. */
export function roleOfHeader(header: string): ColumnRole | null {
  const text = headerWords(header);
  return compiledHeaders.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** Records that are looked at to tell what the columns hold: fewer of a wide table. A cell later on that does not fit is removed, so more would protect no better. */
export const sampledRecords = (columns: number): number => Math.max(50, Math.min(10_000, Math.floor(400_000 / columns)));

/** Counts, for one column, how many cells have which form. Holds no cell. */
export class ColumnStats {
  filled = 0;
  #numbers = 0;
  #units = 0;
  #words = 0;
  #uuids = 0;
  #dates: Record<string, number> = {};
  #codes = codeForms.map(() => 0);
  #widths = new Map<number, number>();
  #integers = 0;
  #digits = 0;

  add(cell: string): void {
    this.filled += 1;
    if (/^\d+$/.test(cell)) this.#digits += 1;
    if (isPlainNumber(cell) || isPlainNumber(cell.replace(/^[<>]=?\s*/, ""))) {
      this.#numbers += 1;
      if (/^\d+$/.test(cell)) { this.#integers += 1; this.#widths.set(cell.length, (this.#widths.get(cell.length) ?? 0) + 1); }
    } else if (words.has(cell.toLowerCase())) this.#words += 1;
    else if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(cell)) { this.#uuids += 1; return; }
    const form = dateForm(cell);
    if (form !== null) this.#dates[form] = (this.#dates[form] ?? 0) + 1;
    if (cell.length > 40) return;
    for (const [index, form] of codeForms.entries()) if (form.test(cell)) this.#codes[index] = (this.#codes[index] ?? 0) + 1;
    if (isUnit(cell)) this.#units += 1;
  }

  #most(count: number): boolean { return this.filled > 0 && count >= this.filled * formShare; }

  get dateForm(): DateForm | null {
    const { iso = 0, ymd = 0, compact = 0, dmy = 0, mdy = 0, undecided = 0 } = this.#dates;
    const best = Math.max(iso, ymd, compact, dmy + mdy + undecided);
    if (best === 0) return null;
    if (best === iso) return "iso";
    if (best === ymd) return "ymd";
    if (best === compact) return "compact";
    return dmy > mdy ? "dmy" : "mdy";
  }

  get areDates(): boolean {
    const { iso = 0, ymd = 0, dmy = 0, mdy = 0, undecided = 0, compact = 0 } = this.#dates;
    return this.#most(iso + ymd + dmy + mdy + undecided) || this.#most(compact);
  }

  /** Numbers all of the same six or more digits, or all of five, are more likely people's or places' numbers than measurements. */
  get lookLikeIdentifiers(): boolean {
    if (!this.#most(this.#integers) || this.filled < 3) return false;
    return [...this.#widths].some(([width, count]) => (width >= 6 || width === 5) && this.#most(count));
  }

  get areNumbers(): boolean { return this.#most(this.#numbers); }
  get areWords(): boolean { return this.#most(this.#words + (this.#words > 0 ? this.#numbers : 0)); }
  get areUnits(): boolean { return this.#most(this.#units); }
  get areUuids(): boolean { return this.#most(this.#uuids); }

  /** The terminology that most cells fit; `named` says that the header calls them codes. */
  code(named: boolean): ((code: string) => boolean) | null {
    // Without a header that calls them codes, digits alone are none.
    if (!named && this.#digits * 10 > this.filled) return null;
    let best: ((code: string) => boolean) | null = null;
    let most = 0;
    for (const [index, form] of codeForms.entries()) {
      const count = this.#codes[index] ?? 0;
      if ((named || !form.plain) && count > most) { most = count; best = form.test; }
    }
    return named || this.#most(most) ? best : null;
  }
}

const firstNames = new Set("james mary robert patricia john jennifer michael linda david elizabeth william barbara richard susan joseph jessica thomas sarah charles karen anna maria peter hans jane doe smith jones brown miller davis garcia wilson anderson taylor moore".split(" "));

/** A header stays if it reads like a word for a quantity: short, with no long number, no address, no name of a person. */
function safeHeader(header: string, index: number, known: boolean): string {
  const sound = header.length > 0 && header.length <= 48 && /^[\p{L}\d _().%/#-]+$/u.test(header) && !/\d{4,}/.test(header);
  const named = headerWords(header).split(" ").some((word) => firstNames.has(word));
  return (known || sound) && !named ? header : `column_${index + 1}`;
}

/** @returns whether a column's cells are looked at: to tell its role, how it writes dates, or of which terminology its codes are. */
export const needsCells = (role: ColumnRole | null): boolean => role === null || role === "date" || role === "birth-date" || role === "code";

/** Decides each column's role: the user's word, then the header, then the cells. What none of them tells is removed. */
export function classify(headers: readonly string[], stats: readonly ColumnStats[], chosen: Readonly<Record<string, ColumnRole>>): Column[] {
  return headers.map((header, index) => {
    const cells = stats[index] ?? new ColumnStats();
    const byUser = chosen[header];
    const byHeader = byUser ?? roleOfHeader(header);
    const role = byHeader === null || (byHeader === "date" && byUser === undefined) ? byCells(cells, byHeader) : byHeader;
    return {
      index, role, dateForm: cells.dateForm ?? "iso",
      code: role === "code" ? cells.code(byHeader === "code") : null,
      header: safeHeader(header, index, byHeader !== null && /^[\p{L}\d _().-]{1,48}$/u.test(header) && !/\d{4,}/.test(header)),
    };
  });
}

function byCells(cells: ColumnStats, hint: ColumnRole | null): ColumnRole {
  if (cells.areDates) return "date";
  if (hint === "date" || cells.filled === 0) return "remove";
  if (cells.areUuids) return "id";
  if (cells.areNumbers) return cells.lookLikeIdentifiers ? "remove" : "number";
  if (cells.areWords) return "category";
  if (cells.code(false) !== null) return "code";
  return cells.areUnits ? "unit" : "remove";
}
