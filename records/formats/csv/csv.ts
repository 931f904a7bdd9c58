import type { Pseudonymizer } from "../../pseudonym.js";
import type { ReportBuilder } from "../../report.js";
import { Anonymizer, Recount } from "./anonymize.js";
import { type CellContext, cleanCell } from "./cells.js";
import { classify, type Column, ColumnStats } from "./columns.js";
import type { ColumnRole } from "./rules.js";
import { readTable, writeRecord } from "./rows.js";

export interface CsvOptions {
  readonly pseudonyms: Pseudonymizer;
  readonly report: ReportBuilder;
  readonly referenceDate: Date;
  /** The user's correction, by header. */
  readonly columns: Readonly<Record<string, ColumnRole>>;
  readonly k: number;
  /** Different diagnoses that each group of people must have, where a column holds diagnoses. */
  readonly l: number;
}

const nobody = "*";

/** Reads the whole table once. @returns number of records. */
export async function validateCsv(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const table = await readTable(chunks);
  let records = 0;
  for await (const batch of table.rows) records += batch.length;
  return records;
}

/** @returns the columns, told by a first reading of the whole table. */
export async function classifyCsv(chunks: AsyncIterable<Uint8Array>, chosen: Readonly<Record<string, ColumnRole>>): Promise<Column[]> {
  const { header, rows } = await readTable(chunks);
  const stats = header.map(() => new ColumnStats());
  for await (const batch of rows) {
    for (const cells of batch) for (const [index, cell] of cells.entries()) { const text = cell.trim(); if (text !== "") stats[index]?.add(text); }
  }
  return classify(header, stats, chosen);
}

/** The patient of a record: id and days to shift. */
function personOf(cells: readonly string[], patient: Column | undefined, { pseudonyms, referenceDate }: CsvOptions): { id: string; context: CellContext } {
  const id = patient === undefined ? "" : (cells[patient.index]?.trim() ?? "");
  return { id, context: { pseudonyms, referenceDate, days: pseudonyms.dayShift(id === "" ? nobody : id) } };
}

/**
 * De-identifies a table in up to three readings: the first tells what the columns hold, the second collects the quasi-identifiers,
 * the last writes.
 * @param open - opens the bytes from the start.
 */
export async function* deidentifyCsv(open: () => AsyncIterable<Uint8Array>, options: CsvOptions): AsyncGenerator<Uint8Array> {
  const { pseudonyms, report } = options;
  const columns = await classifyCsv(open(), options.columns);
  const patient = columns.find(({ role }) => role === "patient-id");
  const anonymizer = new Anonymizer(columns, options.k, options.l);
  if (anonymizer.columns.length > 0) {
    for await (const batch of (await readTable(open())).rows) for (const cells of batch) { const { id, context } = personOf(cells, patient, options); anonymizer.add(cells, id, context); }
    anonymizer.finish();
    if (anonymizer.overflow) report.warn("The table has too many people to group: all quasi-identifiers are suppressed.");
  }
  for (const { role, index } of columns) if (role === "remove") report.count("csv.column", "removed", `column ${index + 1}`);
  if (patient === undefined) report.warn("No column names the patient: all dates are shifted alike, and each record counts as a person of its own.");

  const kept = columns.filter(({ role }) => role !== "remove");
  const places = new Map(anonymizer.columns.map(({ index }, place) => [index, place]));
  const personNumber = anonymizer.personNumbers();
  const recount = new Recount();
  const table = await readTable(open());
  const encoder = new TextEncoder();
  yield encoder.encode(writeRecord(kept.map(({ header }) => header), table.dialect));
  for await (const batch of table.rows) {
    let text = "";
    for (const cells of batch) {
      const { id, context } = personOf(cells, patient, options);
      const pseudonym = id === "" ? "" : pseudonyms.hex("id", id);
      if (pseudonym !== "") report.patient(pseudonym);
      const labels = anonymizer.columns.length === 0 || anonymizer.overflow ? [] : anonymizer.labels(personNumber(id));
      const written: string[] = [];
      text += writeRecord(kept.map((column) => {
        const place = places.get(column.index);
        const cell = cells[column.index] ?? "";
        if (place !== undefined) {
          const label = labels[place] ?? "*";
          written.push(label);
          report.count(`csv.${column.role}`, "generalised", `column ${column.index + 1}`);
          return label;
        }
        if (cell.trim() === "") return "";
        const result = cleanCell(cell, column, context);
        report.count(`csv.${column.role}`, result.action, `column ${column.index + 1}`);
        return result.text;
      }), table.dialect);
      if (written.length > 0) recount.add(written, pseudonym);
      report.records += 1;
    }
    if (text !== "") yield encoder.encode(text);
  }
  if (anonymizer.columns.length > 0) report.risk(recount.check(options.k, anonymizer.overflow ? 1 : anonymizer.utilityLoss));
}
