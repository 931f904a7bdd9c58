import { collect, defaultMaxBytes } from "../bytes.js";
import type { FileFormat, RecordFormat, RecordSource } from "../format.js";
import { roleOfHeader } from "../formats/csv/columns.js";
import { readTable } from "../formats/csv/rows.js";
import { readDicomHeader } from "../formats/dicom/dicom.js";
import { isObject } from "../formats/fhir/patients.js";
import { readMessages } from "../formats/hl7v2/syntax.js";
import { isWord } from "../formats/note/vocabulary.js";
import { fhirValues } from "./fhir-values.js";
import { filesOf } from "./files.js";

/** Bytes of pixels that make one feature. */
const block = 4_096;

/**
 * What de-identification leaves as it was, so that the same data under other ids and dates has the same features: codes with their measured values,
 * blocks of pixels. @returns nothing for formats that have none.
 */
export async function* recordFeatures(format: RecordFormat, output: RecordSource): AsyncGenerator<string> {
  for await (const file of filesOf(format, output)) yield* fileFeatures(file.format, file.source);
}

async function* fileFeatures(format: FileFormat, output: RecordSource): AsyncGenerator<string> {
  if (format === "FHIR_JSON" || format === "FHIR_NDJSON") {
    for await (const value of fhirValues(format, output)) yield* fhir(value);
  } else if (format === "HL7V2") {
    for await (const { segments } of readMessages(output())) {
      for (const { name, fields } of segments) if (["OBX", "DG1", "PR1", "RXA", "RXE", "AL1"].includes(name)) yield [name, fields[3], fields[5], fields[6]].join("|");
    }
  } else if (format === "CSV") yield* table(output);
  else if (format === "DICOM") yield* pixels(output);
  else if (format === "NOTE") yield* wordRuns(new TextDecoder().decode(await collect(output())));
}

/** A resource's codes and values, wherever it stands. */
function* fhir(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const item of value as unknown[]) yield* fhir(item);
  else if (isObject(value)) {
    if (typeof value["resourceType"] === "string" && value["resourceType"] !== "Bundle") yield [value["resourceType"], ...told(value)].join("|");
    for (const name of Object.keys(value)) if (name === "entry" || name === "resource") yield* fhir(value[name]);
  }
}

function told(value: unknown, key = ""): string[] {
  if (Array.isArray(value)) return (value as unknown[]).flatMap((item) => told(item, key));
  if (isObject(value)) return Object.keys(value).flatMap((name) => told(value[name], name));
  return (key === "code" && typeof value === "string") || typeof value === "number" ? [`${key}=${value}`] : [];
}

/** A row without what is of one person, or was moved or generalised: those differ from set to set. */
async function* table(output: RecordSource): AsyncGenerator<string> {
  const { header, rows } = await readTable(output());
  const columns = header.flatMap((name, at) => ([null, "code", "unit", "number", "category"].includes(roleOfHeader(name)) ? [at] : []));
  for await (const batch of rows) for (const cells of batch) {
    const kept = columns.map((at) => cells[at] ?? "").filter((cell) => !/^\d{4}-\d\d/.test(cell));
    if (kept.some((cell) => cell !== "")) yield kept.join("|");
  }
}

/** Words of the language four by four: names, places and dates are other ones in every set. */
function* wordRuns(text: string): Generator<string> {
  const words = (text.match(/[\p{L}\p{M}]+/gu) ?? []).map((word) => word.toLowerCase()).filter((word) => isWord(word));
  for (let at = 0; at + 4 <= words.length; at += 1) yield words.slice(at, at + 4).join(" ");
}

async function* pixels(output: RecordSource): AsyncGenerator<string> {
  const { reader, end } = await readDicomHeader(output(), defaultMaxBytes);
  if (end.kind !== "pixels") return;
  let held = "";
  for await (const piece of reader.stream(Number.POSITIVE_INFINITY)) {
    for (let at = 0; at < piece.length; at += 8_192) held += String.fromCharCode(...piece.subarray(at, at + 8_192));
    for (; held.length >= block; held = held.slice(block)) yield held.slice(0, block);
  }
}
