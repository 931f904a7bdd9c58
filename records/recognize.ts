import { AppError } from "../schema/errors.js";
import { headBytes } from "./bytes.js";
import { containerOf } from "./formats/archive/container.js";
import { detectDialect } from "./formats/csv/dialect.js";
import type { RecordFormat } from "./format.js";
import { isTiff } from "./formats/image/decode-tiff.js";
import { dataLine } from "./formats/note/data-line.js";
import { isNote } from "./formats/note/is-note.js";

const ascii = (bytes: Uint8Array, at: number, length: number): string => String.fromCharCode(...bytes.subarray(at, at + length));

/** One object over several lines is JSON; one object on the first line and another on the next is NDJSON. */
function jsonKind(text: string): RecordFormat {
  const end = text.indexOf("\n");
  if (end < 0) return "FHIR_JSON";
  try { JSON.parse(text.slice(0, end)); }
  catch { return "FHIR_JSON"; }
  return text.slice(end).trim().startsWith("{") ? "FHIR_NDJSON" : "FHIR_JSON";
}

/**
 * Tells a record's format from the file's first bytes (`headBytes` of them, or the whole file if it is shorter). The name is not asked.
 * Throws FILE_EMPTY and FORMAT_UNKNOWN.
 */
export function recognizeFormat(head: Uint8Array): RecordFormat {
  if (head.length === 0) throw new AppError("FILE_EMPTY", "The file has no bytes.");
  if (head.length >= 132 && ascii(head, 128, 4) === "DICM") return "DICOM";
  if (ascii(head, 0, 8) === "\x89PNG\r\n\x1a\n" || ascii(head, 0, 3) === "\xff\xd8\xff" || isTiff(head)) return "IMAGE";
  if (containerOf(head) !== null) return "ARCHIVE";
  const unknown = (reason: string, place: { readonly position: number } | { readonly line: number } = { position: 0 }): AppError =>
    new AppError("FORMAT_UNKNOWN", `The content is none of the formats that Galen reads: ${reason}.`, { details: { reason, ...place } });
  if (head.includes(0)) throw unknown("it is binary, and neither a DICOM file, an image nor an archive");
  // A cut in the middle of a character is no error: it is the reading that stops there, not the file.
  const text = new TextDecoder("utf-8").decode(head, { stream: true }).replace(/^\uFEFF/, "");
  const start = text.replace(/^\s+/, "");
  if (/^(?:MSH|FHS|BHS)[^A-Za-z0-9\s]/.test(start)) return "HL7V2";
  if (start.startsWith("{")) {
    if (head.length >= headBytes || /"resourceType"\s*:/.test(start)) return jsonKind(start);
    throw unknown("it begins like JSON, but names no FHIR resourceType");
  }
  if (/^[[<]/.test(start)) throw unknown("it is another kind of document");
  if (detectDialect(text, head.length < headBytes) !== null) return "CSV";
  if (isNote(text)) {
    const line = dataLine(text);
    if (line !== null) throw unknown("it would be free text, but a line of it is data of another format", { line });
    return "NOTE";
  }
  throw unknown("neither FHIR JSON, HL7v2, a table with a header, DICOM, PNG, JPEG, TIFF, PDF, free text, nor an archive of them");
}
