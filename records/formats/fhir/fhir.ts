import { collect } from "../../bytes.js";
import type { RecordFormat } from "../../format.js";
import { byteLines } from "../../lines.js";
import type { ProfileBuilder } from "../../profile.js";
import { blankPseudonyms, type Pseudonyms } from "../../pseudonym.js";
import { invalid } from "../../refuse.js";
import type { ReportBuilder } from "../../report.js";
import { utf8End } from "../../utf8.js";
import { jsonPosition } from "./json-position.js";
import { isObject, type Json, nobody, patientOf, patientsOfBundle } from "./patients.js";
import { profileResource } from "./profile-resource.js";
import { ResourceReader } from "./read-resource.js";

/** A FHIR_JSON file is parsed whole: 32 MiB keep it under 200 MB of memory. Larger exports come as NDJSON. */
export const maxJsonBytes = 32 * 2 ** 20;
/** Longest line of NDJSON, so of one resource. */
export const maxLineBytes = 16 * 2 ** 20;

export interface FhirOptions {
  readonly pseudonyms: Pseudonyms;
  readonly report: ReportBuilder;
  readonly referenceDate: Date;
  /** Told of each resource as it leaves, so that the output need not be parsed for it. */
  readonly profile?: ProfileBuilder | undefined;
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** Parses JSON text. Throws FORMAT_INVALID with the position, and never the text. */
export function parseJson(bytes: Uint8Array, format: RecordFormat, line?: number): unknown {
  const place = line === undefined ? {} : { line };
  let text: string;
  try { text = decoder.decode(bytes); }
  catch { throw invalid(format, "the text is not UTF-8", { ...place, position: utf8End(bytes) }); }
  try { return JSON.parse(text) as unknown; }
  catch (error) {
    const position = jsonPosition(error) ?? text.length;
    throw invalid(format, "the JSON ends early or is malformed", { ...place, position });
  }
}

/** @returns the de-identified resource or bundle. */
export async function* deidentifyFhirJson(chunks: AsyncIterable<Uint8Array>, options: FhirOptions): AsyncGenerator<Uint8Array> {
  const value = parseJson(await collect(chunks, maxJsonBytes), "FHIR_JSON");
  if (!isObject(value)) throw invalid("FHIR_JSON", "a FHIR file is a JSON object", { position: 0 });
  const isBundle = value["resourceType"] === "Bundle";
  const patients = isBundle ? patientsOfBundle(value) : null;
  const of = (resource: Json): string => (patients === null ? patientOf(resource) : resource === value ? patients.whole : patients.of(resource));
  const out = new ResourceReader({ ...options, patientOf: of }).read(value);
  const entries = isBundle ? value["entry"] : undefined;
  options.report.records = isBundle ? (Array.isArray(entries) ? entries.length : 0) : 1;
  if (options.profile !== undefined) profileResource(out, options.profile);
  yield encoder.encode(`${JSON.stringify(out)}\n`);
}

const isBlank = (bytes: Uint8Array): boolean => bytes.length === 0 || (bytes[0] !== 0x7b && bytes.every((byte) => byte === 32 || byte === 9));

const bulkLines = (chunks: AsyncIterable<Uint8Array>): ReturnType<typeof byteLines> => byteLines(chunks, { cr: false, cap: maxLineBytes, tooLong: (line) => invalid("FHIR_NDJSON", `a line is longer than ${maxLineBytes} bytes`, { line }) });

/** @returns what reads a line of a bulk export: the resource as it may leave, or null if the line is blank. */
function lineReader(options: Omit<ConstructorParameters<typeof ResourceReader>[0], "line">): (bytes: Uint8Array, line: number) => Json | null {
  const context = { ...options, line: 0 };
  const reader = new ResourceReader(context);
  return (bytes, line) => {
    const start = line === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    if (isBlank(bytes)) return null;
    const value = parseJson(bytes.subarray(start), "FHIR_NDJSON", line);
    context.line = line;
    if (isObject(value) && value["resourceType"] === "Bundle") throw invalid("FHIR_NDJSON", "a line holds a bundle; bulk export has one resource a line", { line });
    return reader.read(value);
  };
}

/** De-identifies a bulk export, one resource a line. */
export async function* deidentifyFhirNdjson(chunks: AsyncIterable<Uint8Array>, options: FhirOptions): AsyncGenerator<Uint8Array> {
  const { report, profile } = options;
  const read = lineReader({ ...options, patientOf });
  let held: string[] = [];
  let heldLength = 0;
  for await (const { bytes, line } of bulkLines(chunks)) {
    const out = read(bytes, line);
    if (out === null) continue;
    const text = JSON.stringify(out);
    report.records += 1;
    if (profile !== undefined) profileResource(out, profile);
    held.push(text);
    heldLength += text.length;
    if (heldLength > 65_536) { yield encoder.encode(`${held.join("\n")}\n`); held = []; heldLength = 0; }
  }
  if (held.length > 0) yield encoder.encode(`${held.join("\n")}\n`);
}

/** Reads a bulk export as `deidentifyFhirNdjson` does, and writes nothing: what is refused hangs on no pseudonym. */
export async function validateFhirNdjson(chunks: AsyncIterable<Uint8Array>, options: Pick<FhirOptions, "report" | "referenceDate">): Promise<void> {
  const read = lineReader({ ...options, pseudonyms: blankPseudonyms, patientOf: () => nobody });
  for await (const { bytes, line } of bulkLines(chunks)) if (read(bytes, line) !== null) options.report.records += 1;
}
