import { refused } from "../../refuse.js";
import type { Risk } from "../../report.js";
import { type CellContext, cleanCell } from "./cells.js";
import type { Column } from "./columns.js";
import { yearOf } from "./dates.js";
import { mondrian, type Partition } from "./mondrian.js";
import { quasiIdentifiers } from "./rules.js";

/** Beyond this many people, telling them apart would take too much memory: the quasi-identifiers are removed instead. */
export const maxPeople = 4_000_000;
/** A set of more values than this is written as `*`. */
const longestSet = 4;
const suppressed = "*";

/** A growing column of integers, without an object a value. */
class Ranks {
  #values = new Int32Array(1_024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) { const wider = new Int32Array(this.length * 2); wider.set(this.#values); this.#values = wider; }
    this.#values[this.length] = value;
    this.length += 1;
  }

  view(): Int32Array { return this.#values.subarray(0, this.length); }
}

/** One quasi-identifier while the people are collected: values get numbers in the order in which they come. */
interface Collected { readonly column: Column; readonly values: Map<string, number>; readonly codes: Ranks; /** Number of a raw cell's value, so that equal cells are cleaned once. */ readonly raw: Map<string, number> }

/** A quasi-identifier once all people are known: its values in order, and what each range is written as. */
interface Ordered { readonly column: Column; readonly sorted: readonly string[]; readonly ranks: Int32Array; readonly labels: Map<number, string> }

const rawCache = 100_000;

const numeric = (column: Column): boolean => column.role === "age" || column.role === "birth-date";

/** Collects each person's quasi-identifiers, groups the people, and says what each class is written as. */
export class Anonymizer {
  readonly columns: readonly Column[];
  readonly #collected: Collected[];
  readonly #sensitive: Collected | null;
  readonly #people = new Map<string, number>();
  #partition: Partition | null = null;
  #ordered: Ordered[] = [];
  /** Classes that are too small or too uniform, which one is when the whole table is. */
  #silent = new Set<number>();
  #count = 0;
  #loss = 0;
  /** Too many people: all quasi-identifiers are suppressed. */
  overflow = false;

  constructor(columns: readonly Column[], readonly k: number, readonly l: number) {
    this.columns = columns.filter(({ role }) => quasiIdentifiers.includes(role));
    this.#collected = this.columns.map((column) => ({ column, values: new Map(), codes: new Ranks(), raw: new Map() }));
    const diagnosis = columns.find(({ role, header }) => role === "code" && /diag|cond|dx|icd/i.test(header));
    this.#sensitive = diagnosis === undefined ? null : { column: diagnosis, values: new Map(), codes: new Ranks(), raw: new Map() };
  }

  /** Adds a record. @param patient - the person's id, or "" where the record stands for a person of its own. */
  add(cells: readonly string[], patient: string, context: CellContext): void {
    if (this.overflow || this.columns.length === 0) return;
    if (patient !== "") {
      if (this.#people.has(patient)) return;
      this.#people.set(patient, this.#count);
    }
    if (this.#count >= maxPeople) { this.overflow = true; this.#people.clear(); return; }
    this.#count += 1;
    for (const one of this.#sensitive === null ? this.#collected : [...this.#collected, this.#sensitive]) {
      const cell = cells[one.column.index] ?? "";
      let code = one.raw.get(cell);
      if (code === undefined) {
        const value = baseValue(cell, one.column, context);
        code = one.values.get(value) ?? one.values.size;
        one.values.set(value, code);
        if (one.raw.size < rawCache) one.raw.set(cell, code);
      }
      one.codes.push(code);
    }
  }

  /** Groups the people. To be called once, after the last `add`. */
  finish(): void {
    if (this.columns.length === 0 || this.overflow) return;
    const ordered = this.#collected.map(({ column, values, codes }): Ordered => {
      const sorted = [...values.keys()].sort((a, b) => (numeric(column) ? Number(a === "" ? -1 : a) - Number(b === "" ? -1 : b) : a < b ? -1 : a > b ? 1 : 0));
      const rankOf = new Int32Array(sorted.length);
      for (const [rank, value] of sorted.entries()) rankOf[values.get(value) as number] = rank;
      return { column, sorted, ranks: codes.view().map((code) => rankOf[code] as number), labels: new Map() };
    });
    this.#ordered = ordered;
    const sensitive = this.#sensitive?.codes.view() ?? null;
    const partition = mondrian(ordered.map(({ ranks, sorted }) => ({ ranks, domain: sorted.length })), this.#count, this.k, sensitive, this.l);
    this.#partition = partition;
    const distinct = this.#distinctSensitive();
    let loss = 0;
    for (const [group, size] of partition.sizes.entries()) {
      if (size < this.k || (sensitive !== null && (distinct[group] ?? 0) < this.l)) { this.#silent.add(group); loss += size * ordered.length; continue; }
      for (const [index, { sorted }] of ordered.entries()) {
        const at = group * ordered.length + index;
        loss += (size * ((partition.high[at] as number) - (partition.low[at] as number))) / Math.max(1, sorted.length - 1);
      }
    }
    this.#loss = loss / Math.max(1, this.#count * this.columns.length);
  }

  #distinctSensitive(): number[] {
    if (this.#sensitive === null || this.#partition === null) return [];
    const sets = this.#partition.sizes.map(() => new Set<number>());
    const codes = this.#sensitive.codes.view();
    for (const [person, code] of codes.entries()) { const set = sets[this.#partition.classOf[person] as number]; if (set !== undefined && set.size < this.l) set.add(code); }
    return sets.map(({ size }) => size);
  }

  /** @param person - the number of the record's person: `personOf`. @returns what is written for each quasi-identifier, in the order of `columns`. */
  labels(person: number): readonly string[] {
    const group = this.#partition?.classOf[person];
    if (group === undefined || this.#silent.has(group)) return this.columns.map(() => suppressed);
    return this.#ordered.map(({ column, sorted, labels }, index) => {
      const at = group * this.#ordered.length + index;
      const [low, high] = [this.#partition?.low[at] as number, this.#partition?.high[at] as number];
      const key = low * sorted.length + high;
      let text = labels.get(key);
      if (text === undefined) labels.set(key, (text = label(column, sorted, low, high)));
      return text;
    });
  }

  /** Numbers the people as `add` did. Make one for the second reading. */
  personNumbers(): (patient: string) => number {
    let next = 0;
    return (patient) => {
      const known = patient === "" ? next : this.#people.get(patient);
      if (known === undefined) throw refused("CSV", "the table changed between two readings");
      // People are numbered as they come, so the highest number so far is the last person's.
      if (known >= next) next = known + 1;
      return known;
    };
  }

  get utilityLoss(): number { return Math.round(this.#loss * 10_000) / 10_000; }
}

/** @returns the value that people are compared by: a year, a whole age, or the cleaned text. */
function baseValue(cell: string, column: Column, context: CellContext): string {
  if (cell.trim() === "") return "";
  const { text } = cleanCell(cell, column, context);
  if (text === "") return "";
  if (column.role === "age") return String(Math.floor(Number(text)));
  // The year as written, not as shifted: the class hides it, and equal cells of two people must stay equal.
  if (column.role === "birth-date") return /^\d{4}$/.test(text) ? text : String(yearOf(cell.trim(), column.dateForm) ?? yearOf(cell.trim(), "iso") ?? "");
  return quasiIdentifiers.includes(column.role) ? text.toLowerCase() : text;
}

function label(column: Column, sorted: readonly string[], low: number, high: number): string {
  const [first = "", last = ""] = [sorted[low], sorted[high]];
  if (low === high) return column.role === "state" || column.role === "country" ? first.toUpperCase() : first;
  if (numeric(column)) return first === "" ? suppressed : `${first}-${last}`;
  const set = sorted.slice(low, high + 1);
  return set.length > longestSet || set.includes("") ? suppressed : set.map((one) => (column.role === "state" || column.role === "country" ? one.toUpperCase() : one)).join("|");
}

/** Counts, over what was really written, how many people share each combination: independent of how the classes were made. */
export class Recount {
  readonly #sizes = new Map<string, number>();
  #counted = new Uint8Array(1_024);

  /** @param person - the record's person; each is counted once, at the first record. */
  add(written: readonly string[], person: number): void {
    if (person >= this.#counted.length) { const wider = new Uint8Array(Math.max(person + 1, this.#counted.length * 2)); wider.set(this.#counted); this.#counted = wider; }
    if (this.#counted[person] === 1) return;
    this.#counted[person] = 1;
    const key = written.join("\u0000");
    this.#sizes.set(key, (this.#sizes.get(key) ?? 0) + 1);
  }

  /** Throws DEIDENTIFICATION_REFUSED if a combination that says anything is shared by fewer than k. */
  check(k: number, utilityLoss: number): Risk {
    const telling = [...this.#sizes].filter(([key]) => key.split("\u0000").some((value) => value !== suppressed));
    const smallest = telling.reduce((least, [, size]) => Math.min(least, size), Number.POSITIVE_INFINITY);
    if (smallest < k) throw refused("CSV", "a recount found a combination of quasi-identifiers that fewer than k people share");
    const people = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
    const smallestClass = telling.length === 0 ? people : smallest;
    return {
      k, smallestClass, uniqueShare: 0, utilityLoss,
      explanation: telling.length === 0
        ? `The table has too few people to group them: all values that could together single somebody out (birth date, sex, postcode and the like) are replaced by ${suppressed}.`
        : `Whoever knows a person's birth year, sex, postcode and the like finds at least ${smallestClass} people in the table who share them, and cannot tell which one it is: the chance of a right guess is at most 1 in ${smallestClass}. Generalising took ${Math.round(utilityLoss * 100)} % of these columns' detail.`,
    };
  }
}
