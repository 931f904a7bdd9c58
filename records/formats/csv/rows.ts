import { concat } from "../../bytes.js";
import { invalid } from "../../refuse.js";
import { utf8End } from "../../utf8.js";
import { detectDialect, type Dialect } from "./dialect.js";

/** Longest record, in characters, and most columns. */
const maxRecord = 2 ** 20;
const maxColumns = 4_096;
const sniffLength = 65_536;

export interface Table {
  readonly dialect: Dialect;
  readonly header: readonly string[];
  /** Batches of records, all as long as the header. */
  readonly rows: AsyncGenerator<readonly string[][]>;
}

/** Cuts text into records. Throws FORMAT_INVALID for an open quote, a stray quote, or a record that is too long. */
class RecordCutter {
  #text = "";
  #line = 1;
  /** Cells of the first record, the header, which all others must have. */
  #width = 0;

  constructor(readonly delimiter: string) {}

  /** @returns the complete records, the header first. */
  push(chunk: string, last: boolean): string[][] {
    const text = this.#text + chunk;
    const records: string[][] = [];
    let start = 0;
    // Looked up again only once it is passed: a search for each record would go over the whole rest each time.
    let quote = text.indexOf('"');
    while (start < text.length) {
      const newline = text.indexOf("\n", start);
      const end = newline < 0 ? text.length : newline;
      if (quote >= 0 && quote < start) quote = text.indexOf('"', start);
      if (quote < 0 || quote >= end) {
        if (newline < 0 && !last) break;
        const line = text.charCodeAt(end - 1) === 13 && end > start ? text.slice(start, end - 1) : text.slice(start, end);
        if (line !== "") records.push(this.#checked(line.split(this.delimiter)));
        this.#line += 1;
        start = end + 1;
        continue;
      }
      const record = this.#quoted(text, start, last);
      if (record === null) break;
      records.push(this.#checked(record.cells));
      this.#line += record.lines;
      start = record.next;
    }
    this.#text = start < text.length ? text.slice(start) : "";
    if (this.#text.length > maxRecord) throw invalid("CSV", `a record is longer than ${maxRecord} characters`, { line: this.#line });
    return records;
  }

  #checked(cells: string[]): string[] {
    if (this.#width === 0) this.#width = cells.length;
    if (cells.length !== this.#width) throw invalid("CSV", `the record has ${cells.length} cells, the header ${this.#width}`, { line: this.#line });
    return cells;
  }

  /** A record with quotes in it, which may go over several lines. @returns null if its end has not come yet. */
  #quoted(text: string, from: number, last: boolean): { cells: string[]; next: number; lines: number } | null {
    const cells: string[] = [];
    let at = from;
    let lines = 1;
    for (;;) {
      let cell: string;
      if (text.charAt(at) === '"') {
        let value = "";
        let open = at + 1;
        for (;;) {
          const close = text.indexOf('"', open);
          if (close < 0) {
            if (last) throw invalid("CSV", "the file ends inside a quoted cell", { line: this.#line });
            return null;
          }
          value += text.slice(open, close);
          if (close + 1 >= text.length && !last) return null;
          if (text.charAt(close + 1) !== '"') { at = close + 1; break; }
          value += '"';
          open = close + 2;
        }
        for (const c of value) if (c === "\n") lines += 1;
        cell = value;
        if (text.charAt(at) === "\r") at += 1;
        if (at < text.length && text.charAt(at) !== this.delimiter && text.charAt(at) !== "\n") throw invalid("CSV", "text follows a closing quote", { line: this.#line });
      } else {
        const stop = [text.indexOf(this.delimiter, at), text.indexOf("\n", at)].filter((found) => found >= 0);
        const end = stop.length === 0 ? text.length : Math.min(...stop);
        if (stop.length === 0 && !last) return null;
        cell = text.slice(at, end).replace(/\r$/, "");
        if (cell.includes('"')) throw invalid("CSV", "a quote stands inside a cell that is not quoted", { line: this.#line });
        at = end;
      }
      cells.push(cell);
      if (cells.length > maxColumns) throw invalid("CSV", `more than ${maxColumns} columns`, { line: this.#line });
      if (at >= text.length) return last ? { cells, next: at, lines } : null;
      if (text.charAt(at) === "\n") return { cells, next: at + 1, lines };
      at += 1;
    }
  }
}

const notText = "the text holds control characters";
// All of \p{Cc} but white space, as ranges: a look-ahead would stop at each character of a table.
const controls = new RegExp(`[${["\\0-\\x08", "\\x0e-\\x1f", "\\x7f-\\x9f"].join("")}]`);

/** @returns where the first control character is, in bytes of UTF-8. */
const controlAt = (bytes: Uint8Array): number => bytes.findIndex((byte, at) => (byte < 32 && (byte < 9 || byte > 13)) || byte === 127 || (byte === 0xc2 && (bytes[at + 1] ?? 0) < 0xa0));

/** Decodes UTF-8. Throws FORMAT_INVALID on other encodings and on control characters, which no table has. */
async function* texts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let position = 0;
  /** The last bytes before a chunk: a character may go over its edge. */
  let before: Uint8Array = new Uint8Array(0);
  const decode = (chunk?: Uint8Array): string => {
    try { return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true }); }
    catch {
      const whole = concat([before, chunk ?? new Uint8Array(0)]);
      const lead = before.findIndex((byte) => (byte & 0xc0) !== 0x80);
      const start = lead < 0 ? before.length : lead;
      const end = start + utf8End(whole.subarray(start));
      // What comes first is told, so that the reason does not hang on how the file came in pieces.
      const control = controlAt(whole.subarray(0, end));
      throw control >= 0 ? invalid("CSV", notText, { position: position - before.length + control }) : invalid("CSV", "the text is not UTF-8", { position: position - before.length + end });
    }
  };
  for await (const chunk of chunks) {
    const text = decode(chunk);
    if (controls.test(text)) throw invalid("CSV", notText, { position: position - before.length + controlAt(concat([before, chunk])) });
    position += chunk.length;
    before = concat([before, chunk]).slice(-3);
    yield text;
  }
  yield decode();
}

/** Opens a table: detects its dialect, reads its header and cuts its records. Throws FORMAT_INVALID with the line. */
export async function readTable(chunks: AsyncIterable<Uint8Array>): Promise<Table> {
  const source = texts(chunks);
  let start = "";
  let whole = false;
  while (start.length < sniffLength) {
    const next = await source.next();
    if (next.done === true) { whole = true; break; }
    start += next.value;
  }
  const dialect = detectDialect(start, whole);
  if (dialect === null) throw invalid("CSV", "no delimiter cuts the lines into the same number of cells", { line: 1 });
  const cutter = new RecordCutter(dialect.delimiter);
  const first = cutter.push(start, whole);
  const header = first.shift()?.map((cell) => cell.trim());
  if (header === undefined) throw invalid("CSV", "the header is longer than the limit", { line: 1 });
  if (header.length > maxColumns) throw invalid("CSV", `more than ${maxColumns} columns`, { line: 1 });
  if (header.every((cell) => cell === "" || /^[\d.,:/-]+$/.test(cell))) throw invalid("CSV", "the first line is no header", { line: 1 });
  async function* rows(): AsyncGenerator<readonly string[][]> {
    let any = first.length > 0;
    yield first;
    if (!whole) {
      for await (const text of source) { const batch = cutter.push(text, false); any ||= batch.length > 0; yield batch; }
      const rest = cutter.push("", true);
      any ||= rest.length > 0;
      yield rest;
    }
    if (!any) throw invalid("CSV", "the table has no record below its header", { line: 2 });
  }
  return { dialect, header, rows: rows() };
}

/** @returns a cell as text, quoted where it must be. */
export const writeCell = (cell: string, { delimiter }: Dialect): string => (/["\n\r]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** @returns a record as text. */
export const writeRecord = (cells: readonly string[], dialect: Dialect): string => `${cells.map((cell) => writeCell(cell, dialect)).join(dialect.delimiter)}\n`;
