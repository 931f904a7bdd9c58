import { AppError } from "../schema/errors.js";
import { collect } from "./bytes.js";
import type { RecordSource } from "./format.js";
import { roleOfHeader } from "./formats/csv/columns.js";
import { readTable, writeRecord } from "./formats/csv/rows.js";
import { maxJsonBytes, maxLineBytes, parseJson } from "./formats/fhir/fhir.js";
import { isObject } from "./formats/fhir/patients.js";
import { referenceTarget } from "./formats/fhir/references.js";
import { readMessages } from "./formats/hl7v2/syntax.js";
import { byteLines } from "./lines.js";
import { invalid } from "./refuse.js";
import { sniff } from "./sniff.js";

export interface WithoutPatients {
  readonly output: AsyncIterable<Uint8Array>;
  /** Resources, messages or rows that were left out; known once `output` was read to its end. */
  readonly removed: () => number;
}

const encoder = new TextEncoder();

/**
 * A source file as it was, without some patients: for its provider, who alone can say which they are. In FHIR what refers to a patient, or to something that
 * was left out, goes as well. Batches of HL7v2 become single messages.
 * @param patients - ids as the file has them: `Patient.id`, PID-3, the column of patients' ids.
 * @throws AppError FORMAT_UNKNOWN, FORMAT_INVALID; BAD_INPUT where the format does not tell patients apart, or nobody is left
 */
export async function withoutPatients(source: RecordSource, patients: ReadonlySet<string>): Promise<WithoutPatients> {
  const format = await sniff(source);
  let removed = 0;
  const drop = (): void => void (removed += 1);
  const outputs: Partial<Record<string, () => AsyncIterable<Uint8Array>>> = {
    FHIR_JSON: () => fhirJson(source, patients, drop),
    FHIR_NDJSON: () => fhirNdjson(source, patients, drop),
    HL7V2: () => hl7(source, patients, drop),
    CSV: () => csv(source, patients, drop),
  };
  const output = outputs[format];
  if (!output) throw new AppError("BAD_INPUT", `A file of the format ${format} is of one patient, or does not tell patients apart: leave it out.`);
  return { output: output(), removed: () => removed };
}

/** `Type/id` of all that a value refers to. */
function* references(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const item of value as unknown[]) yield* references(item);
  else if (isObject(value)) {
    const { reference } = value;
    if (typeof reference === "string") {
      const target = referenceTarget(reference);
      yield target ? `${target.type}/${target.id}` : reference;
    }
    for (const name of Object.keys(value)) yield* references(value[name]);
  }
}

/** Grows the set of names that go until nothing more refers to them. @param resources - the file's, each time from the start; with the names that each has. */
async function closure(patients: ReadonlySet<string>, resources: () => AsyncIterable<{ value: unknown; names: readonly string[] }>): Promise<ReadonlySet<string>> {
  const gone = new Set([...patients].map((id) => `Patient/${id}`));
  for (let before = -1; before !== gone.size; ) {
    before = gone.size;
    for await (const { value, names } of resources()) if (goes(gone, value, names)) for (const name of names) gone.add(name);
  }
  return gone;
}

const nameOf = (value: unknown): string[] => (isObject(value) && typeof value["id"] === "string" ? [`${String(value["resourceType"])}/${value["id"]}`] : []);
const goes = (gone: ReadonlySet<string>, value: unknown, names: readonly string[]): boolean => names.some((name) => gone.has(name)) || [...references(value)].some((name) => gone.has(name));

async function* fhirJson(source: RecordSource, patients: ReadonlySet<string>, drop: () => void): AsyncGenerator<Uint8Array> {
  const value = parseJson(await collect(source(), maxJsonBytes), "FHIR_JSON");
  if (!isObject(value) || !Array.isArray(value["entry"])) throw new AppError("BAD_INPUT", "The file is one resource, not a bundle: leave it out.");
  const entries = (value["entry"] as unknown[]).filter(isObject).map((entry) => ({ entry, value: entry["resource"], names: [...nameOf(entry["resource"]), ...(typeof entry["fullUrl"] === "string" ? [entry["fullUrl"]] : [])] }));
  const gone = await closure(patients, async function* () { yield* entries; });
  const left = entries.filter(({ value: resource, names }) => !goes(gone, resource, names));
  for (let at = left.length; at < entries.length; at += 1) drop();
  if (left.length === 0) throw nobodyLeft();
  yield encoder.encode(JSON.stringify({ ...value, ...(value["total"] === undefined ? {} : { total: left.length }), entry: left.map(({ entry }) => entry) }));
}

async function* fhirNdjson(source: RecordSource, patients: ReadonlySet<string>, drop: () => void): AsyncGenerator<Uint8Array> {
  const tooLong = (line: number): Error => invalid("FHIR_NDJSON", `a line is longer than ${maxLineBytes} bytes`, { line });
  async function* resources(): AsyncGenerator<{ value: unknown; names: string[]; bytes: Uint8Array }> {
    for await (const { bytes, line } of byteLines(source(), { cr: false, cap: maxLineBytes, tooLong })) {
      if (bytes.length === 0) continue;
      const value = parseJson(bytes, "FHIR_NDJSON", line);
      yield { value, names: nameOf(value), bytes };
    }
  }
  const gone = await closure(patients, resources);
  let left = 0;
  for await (const { value, names, bytes } of resources()) {
    if (goes(gone, value, names)) { drop(); continue; }
    left += 1;
    yield bytes;
    yield encoder.encode("\n");
  }
  if (left === 0) throw nobodyLeft();
}

async function* hl7(source: RecordSource, patients: ReadonlySet<string>, drop: () => void): AsyncGenerator<Uint8Array> {
  let left = 0;
  for await (const { envelope, segments, delimiters } of readMessages(source())) {
    if (envelope) continue;
    const ids = segments.filter(({ name }) => name === "PID").flatMap(({ fields }) => (fields[3] ?? "").split(delimiters.repeat).map((id) => id.split(delimiters.component)[0]?.trim() ?? ""));
    if (ids.some((id) => patients.has(id))) { drop(); continue; }
    left += 1;
    const lines = segments.map(({ name, fields }) => {
      if (name !== "MSH") return [name, ...fields.slice(1)].join(delimiters.field);
      const told = [...fields];
      // What is written is UTF-8, whatever was read.
      if ((told[18] ?? "") !== "") told[18] = "UNICODE UTF-8";
      return name + delimiters.field + told.slice(2).join(delimiters.field);
    });
    yield encoder.encode(`${lines.join("\r")}\r`);
  }
  if (left === 0) throw nobodyLeft();
}

async function* csv(source: RecordSource, patients: ReadonlySet<string>, drop: () => void): AsyncGenerator<Uint8Array> {
  const { header, rows, dialect } = await readTable(source());
  const column = header.findIndex((name) => roleOfHeader(name) === "patient-id");
  if (column < 0) throw new AppError("BAD_INPUT", "No column holds the patients' ids.");
  yield encoder.encode(writeRecord(header, dialect));
  let left = 0;
  for await (const batch of rows) for (const cells of batch) {
    if (patients.has((cells[column] ?? "").trim())) { drop(); continue; }
    left += 1;
    yield encoder.encode(writeRecord(cells, dialect));
  }
  if (left === 0) throw nobodyLeft();
}

const nobodyLeft = (): AppError => new AppError("BAD_INPUT", "Nobody is left in the file.");
