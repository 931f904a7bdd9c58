import type { Pseudonymizer } from "../../pseudonym.js";
import type { ReportBuilder } from "../../report.js";
import { cleanCell } from "./cells.js";
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

/**
 * De-identifies a table in two readings: the first tells what the columns hold, the second writes.
 * @param open - opens the bytes from the start.
 */
export async function* deidentifyCsv(open: () => AsyncIterable<Uint8Array>, options: CsvOptions): AsyncGenerator<Uint8Array> {
  const { pseudonyms, report, referenceDate } = options;
  const columns = await classifyCsv(open(), options.columns);
  const kept = columns.filter(({ role }) => role !== "remove");
  const patient = columns.find(({ role }) => role === "patient-id");
  const table = await readTable(open());
  const encoder = new TextEncoder();
  for (const { role, index } of columns) if (role === "remove") report.count("csv.column", "removed", `column ${index + 1}`);
  if (patient === undefined) report.warn("No column names the patient: all dates are shifted alike, and rows cannot be told to belong together.");
  yield encoder.encode(writeRecord(kept.map(({ header }) => header), table.dialect));
  for await (const batch of table.rows) {
    let text = "";
    for (const cells of batch) {
      const id = patient === undefined ? "" : (cells[patient.index]?.trim() ?? "");
      if (id !== "") report.patient(pseudonyms.hex("id", id));
      const context = { pseudonyms, referenceDate, days: pseudonyms.dayShift(id === "" ? nobody : id) };
      text += writeRecord(kept.map((column) => {
        const cell = cells[column.index] ?? "";
        if (cell.trim() === "") return "";
        const result = cleanCell(cell, column, context);
        report.count(`csv.${column.role}`, result.action, `column ${column.index + 1}`);
        return result.text;
      }), table.dialect);
      report.records += 1;
    }
    if (text !== "") yield encoder.encode(text);
  }
}
