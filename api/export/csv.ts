import type { ExportColumn } from "./columns.js";

export type Cell = string | number | boolean | null;

/** Text that a spreadsheet would run as a formula is marked as text (OWASP, CSV injection). */
const isFormula = /^[=+\-@\t\r]/;

/** A line of RFC 4180. Null is empty; an empty text is quoted. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(toCell).join(",")}\r\n`;

function toCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return String(cell);
  const guarded = isFormula.test(cell) ? `'${cell}` : cell;
  return guarded === "" || /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** One piece a batch of rows: a slow reader holds the reading back. */
export async function* toCsv(columns: readonly ExportColumn[], batches: AsyncIterable<readonly Cell[][]>): AsyncGenerator<string> {
  yield csvLine(columns.map(({ name }) => name));
  for await (const rows of batches) yield rows.map(csvLine).join("");
}
