import type { Pseudonymizer } from "../../pseudonym.js";
import type { Action, ReportBuilder } from "../../report.js";
import { Anonymizer, Recount } from "./anonymize.js";
import { type CellContext, type CellResult, cleanCell } from "./cells.js";
import { classify, type Column, ColumnStats, needsCells, roleOfHeader, sampledRecords } from "./columns.js";
import type { ColumnRole } from "./rules.js";
import type { Dialect } from "./dialect.js";
import { readTable, writeCell, writeRecord } from "./rows.js";

export interface CsvOptions {
  readonly pseudonyms: Pseudonymizer;
  readonly report: ReportBuilder;
  readonly referenceDate: Date;
  /** The user's correction, by header. */
  readonly columns: Readonly<Record<string, ColumnRole>>;
  readonly k: number;
  /** Different diagnoses that each group of people must have, where a column holds diagnoses. */
  readonly l: number;
  /** Write no quasi-identifier at all. */
  readonly suppress?: boolean;
}

const nobody = "*";

/** Reads the whole table once. @returns number of records. */
export async function validateCsv(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const table = await readTable(chunks);
  let records = 0;
  for await (const batch of table.rows) records += batch.length;
  return records;
}

/** @returns the columns, told by the table's first records. */
export async function classifyCsv(chunks: AsyncIterable<Uint8Array>, chosen: Readonly<Record<string, ColumnRole>>): Promise<Column[]> {
  const { header, rows } = await readTable(chunks);
  const stats = header.map(() => new ColumnStats());
  // Of the others, cells tell nothing that the header has not.
  const open = [...stats.entries()].filter(([index]) => needsCells(chosen[header[index] ?? ""] ?? roleOfHeader(header[index] ?? "")));
  const sample = sampledRecords(header.length);
  let seen = 0;
  for await (const batch of rows) {
    for (const cells of batch) {
      if (seen >= sample) break;
      seen += 1;
      for (const [index, stat] of open) { const text = cells[index]?.trim() ?? ""; if (text !== "") stat.add(text); }
    }
    if (seen >= sample) break;
  }
  return classify(header, stats, chosen);
}

/** Roles whose result hangs on the cell alone, so that equal cells need be cleaned once. */
const repeating = new Set(["code", "unit", "number", "category"]);
const cacheSize = 20_000;
const peopleCache = 100_000;

/** Cleans the cells of one column, and counts what was done. */
class ColumnCleaner {
  readonly #cache = new Map<string, CellResult>();
  readonly #counts: Record<Action, number> = { removed: 0, shifted: 0, pseudonymised: 0, generalised: 0, kept: 0 };

  constructor(readonly column: Column, readonly dialect: Dialect) {}

  /** @returns the cell as it may be written, quoted where it must be. */
  clean(cell: string, context: CellContext): string {
    if (cell === "") return "";
    let result = this.#cache.get(cell);
    if (result === undefined) {
      if (cell.trim() === "") return "";
      result = cleanCell(cell, this.column, context);
      // Dates and pseudonyms hold no character that must be quoted.
      if (result.action === "kept" || result.action === "generalised") result = { action: result.action, text: writeCell(result.text, this.dialect) };
      if (repeating.has(this.column.role) && this.#cache.size < cacheSize) this.#cache.set(cell, result);
    }
    this.#counts[result.action] += 1;
    return result.text;
  }

  count(action: Action): void { this.#counts[action] += 1; }

  report(report: ReportBuilder): void {
    for (const action of Object.keys(this.#counts) as Action[]) if (this.#counts[action] > 0) report.count(`csv.${this.column.role}`, action, `column ${this.column.index + 1}`, this.#counts[action]);
  }
}

interface Person { readonly id: string; readonly pseudonym: string; readonly context: CellContext }

/** Tells the person of a record; records of one person often stand together, or come again. */
class People {
  #known = new Map<string, Person>();

  constructor(readonly patient: Column | undefined, readonly options: CsvOptions) {}

  of(cells: readonly string[]): Person {
    const id = this.patient === undefined ? "" : (cells[this.patient.index]?.trim() ?? "");
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const { pseudonyms, referenceDate, report } = this.options;
    const person = { id, pseudonym: id === "" ? "" : pseudonyms.hex("id", id), context: { pseudonyms, referenceDate, days: pseudonyms.dayShift(id === "" ? nobody : id) } };
    if (id !== "") report.patient(person.pseudonym);
    if (this.#known.size >= peopleCache) this.#known.clear();
    this.#known.set(id, person);
    return person;
  }
}

/**
 * De-identifies a table in up to three readings: the first tells what the columns hold, the second collects the quasi-identifiers,
 * the last writes.
 * @param open - opens the bytes from the start.
 */
export async function* deidentifyCsv(open: () => AsyncIterable<Uint8Array>, options: CsvOptions): AsyncGenerator<Uint8Array> {
  const { report } = options;
  const columns = await classifyCsv(open(), options.columns);
  const patient = columns.find(({ role }) => role === "patient-id");
  const people = new People(patient, options);
  const anonymizer = new Anonymizer(columns, options.k, options.l);
  if (options.suppress === true) anonymizer.overflow = true;
  else if (anonymizer.columns.length > 0) {
    // No quasi-identifier hangs on the shift of dates.
    const context: CellContext = { pseudonyms: options.pseudonyms, referenceDate: options.referenceDate, days: 0 };
    for await (const batch of (await readTable(open())).rows) for (const cells of batch) anonymizer.add(cells, patient === undefined ? "" : (cells[patient.index]?.trim() ?? ""), context);
    anonymizer.finish();
    if (anonymizer.overflow) report.warn("The table has too many people to group: all quasi-identifiers are suppressed.");
  }
  for (const { role, index } of columns) if (role === "remove") report.count("csv.column", "removed", `column ${index + 1}`);
  if (patient === undefined) report.warn("No column names the patient: all dates are shifted alike, and each record counts as a person of its own.");

  const table = await readTable(open());
  const { dialect } = table;
  const kept = columns.filter(({ role }) => role !== "remove").map((column) => new ColumnCleaner(column, dialect));
  const placeOf = kept.map(({ column }) => anonymizer.columns.indexOf(column));
  const line = kept.map(() => "");
  const personNumber = anonymizer.personNumbers();
  const recount = new Recount();
  const encoder = new TextEncoder();
  yield encoder.encode(writeRecord(kept.map(({ column }) => column.header), dialect));
  for await (const batch of table.rows) {
    let text = "";
    for (const cells of batch) {
      const { id, pseudonym, context } = people.of(cells);
      const person = anonymizer.columns.length === 0 || anonymizer.overflow ? -1 : personNumber(id);
      const labels = person < 0 ? [] : anonymizer.labels(person);
      const written: string[] = [];
      // One array for all records, and no closure a record: there may be a hundred million cells.
      for (let at = 0; at < kept.length; at += 1) {
        const cleaner = kept[at] as ColumnCleaner;
        const { index } = cleaner.column;
        const place = placeOf[at] as number;
        if (cleaner.column === patient && pseudonym !== "") { cleaner.count("pseudonymised"); line[at] = pseudonym; continue; }
        if (place < 0) { line[at] = cleaner.clean(cells[index] ?? "", context); continue; }
        const label = labels[place] ?? "*";
        written.push(label);
        cleaner.count("generalised");
        line[at] = writeCell(label, dialect);
      }
      text += `${line.join(dialect.delimiter)}\n`;
      if (person >= 0) recount.add(written, person);
      report.records += 1;
    }
    if (text !== "") yield encoder.encode(text);
  }
  for (const cleaner of kept) cleaner.report(report);
  if (anonymizer.columns.length > 0 && options.suppress !== true) report.risk(recount.check(options.k, anonymizer.overflow ? 1 : anonymizer.utilityLoss));
}
