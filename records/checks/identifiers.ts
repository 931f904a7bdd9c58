import { collect, defaultMaxBytes } from "../bytes.js";
import type { FileFormat, RecordFormat, RecordSource } from "../format.js";
import { headerWords } from "../formats/csv/columns.js";
import { readTable } from "../formats/csv/rows.js";
import { textOf } from "../formats/dicom/clean.js";
import { readDicomHeader } from "../formats/dicom/dicom.js";
import { isObject } from "../formats/fhir/patients.js";
import { readMessages } from "../formats/hl7v2/syntax.js";
import { fhirValues } from "./fhir-values.js";
import { filesOf } from "./files.js";
import { isStandardWord } from "../rules.js";

/** Words and numbers that are looked for, at most: more would cost the memory that streaming saves. */
const most = 200_000;

/**
 * Direct identifiers of one record set, by which it must not be known any more. Held in memory for one check, and nowhere else.
 * Found without the rules of de-identification: by the places alone in which the formats have names, numbers and addresses of people.
 */
export class IdentifierSet {
  readonly words = new Set<string>();
  readonly numbers = new Set<string>();
  /** Values that cannot be told from words of the standards, or are too short, or too many: these are not looked for. */
  passedOver = 0;

  add(value: unknown): void {
    if (typeof value !== "string") return;
    const digits = value.replace(/\D/g, "");
    if (digits.length >= 9 && digits.length <= 15 && /^[\d\s()+./-]+$/.test(value)) this.#put(this.numbers, digits);
    const words = wordsOf(value);
    // Ids that are made of many parts have codes and counts among them.
    const shortest = words.length <= 3 ? 6 : 9;
    for (const word of words) {
      const isTelling = /\d/.test(word) ? word.length >= shortest : word.length >= 4 && !isStandardWord(word);
      if (isTelling) this.#put(this.words, word);
      else this.passedOver += 1;
    }
  }

  #put(set: Set<string>, value: string): void {
    if (set.size < most) set.add(value);
    else this.passedOver += 1;
  }
}

export const wordsOf = (text: string): string[] => text.normalize("NFC").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** @returns the direct identifiers of a source, over all its files. */
export async function directIdentifiers(format: RecordFormat, source: RecordSource): Promise<IdentifierSet> {
  const found = new IdentifierSet();
  for await (const file of filesOf(format, source)) await addIdentifiers(file.format, file.source, found);
  return found;
}

async function addIdentifiers(format: FileFormat, source: RecordSource, found: IdentifierSet): Promise<void> {
  if (format === "FHIR_JSON" || format === "FHIR_NDJSON") for await (const value of fhirValues(format, source)) fhir(value, found, "");
  else if (format === "HL7V2") await hl7(source, found);
  else if (format === "CSV") await csv(source, found);
  else if (format === "NOTE") noteValues(new TextDecoder().decode(await collect(source())), found);
  else if (format === "DICOM") {
    const { text } = await readDicomHeader(source(), defaultMaxBytes);
    for (const tag of dicomTags) for (const part of text(tag).split(/[\\^=]/)) found.add(part);
  }
}

/** Names, ids and addresses of patients, their families and those who treat them. */
function fhir(value: unknown, found: IdentifierSet, key: string): void {
  if (Array.isArray(value)) for (const item of value as unknown[]) fhir(item, found, key);
  else if (isObject(value)) {
    if (key === "name" || key === "contactName") for (const part of ["family", "given"]) for (const text of [value[part]].flat()) found.add(text);
    if (key === "identifier" || key === "telecom") found.add(value["value"]);
    if (key === "address") for (const text of [value["line"]].flat()) found.add(text);
    for (const name of Object.keys(value)) fhir(value[name], found, name);
  }
}

/** Fields with identifiers of people: of the patient, the next of kin, the guarantor and the insured. */
const hl7Fields: Readonly<Record<string, readonly number[]>> = { PID: [2, 3, 4, 5, 6, 9, 11, 13, 14, 18, 19, 20], NK1: [2, 4, 5, 6], GT1: [2, 3, 4, 5, 6, 7, 12], IN1: [16, 19, 36] };

async function hl7(source: RecordSource, found: IdentifierSet): Promise<void> {
  for await (const { segments, delimiters } of readMessages(source())) {
    for (const { name, fields } of segments) for (const at of hl7Fields[name] ?? []) {
      for (const one of (fields[at] ?? "").split(delimiters.repeat)) {
        const parts = one.split(delimiters.component);
        // Of an id its number, not who assigned it; of an address its street; of a name family and given name.
        const telling = [2, 3, 4, 18].includes(at) && name === "PID" ? 1 : [11].includes(at) ? 1 : 2;
        for (const part of parts.slice(0, telling)) found.add(part);
      }
    }
  }
}

const telling = /\b(names?|surname|forename|given|vorname|nachname|address|street|strasse|phone|telephone|tel|mobile|fax|e ?mail|ssn|passport|iban|mrn|patient ?(id|no|number)?)\b/;

async function csv(source: RecordSource, found: IdentifierSet): Promise<void> {
  const { header, rows } = await readTable(source());
  const columns = header.flatMap((name, at) => (telling.test(headerWords(name)) ? [at] : []));
  for await (const batch of rows) for (const cells of batch) for (const at of columns) found.add(cells[at]);
}

/** What stands behind the labels of a note's head, whatever the rules make of it. */
function noteValues(text: string, found: IdentifierSet): void {
  for (const [, value = ""] of text.matchAll(/^[ \t]*(?:patient(?: name)?|name|pt name|mrn|medical record (?:number|no)|ssn|account(?: number| no)?)[ \t]*[:#][ \t]*([^\n;|]{3,60}?)(?=[ \t]{2,}|\t|\n|[;|(]|$)/gim)) for (const part of value.split(/[,\s]+/)) found.add(part);
}

/** Names, ids, addresses and phones of table E.1-1, and the accession number. */
const dicomTags = ["00100010", "00100020", "00101000", "00101001", "00101005", "00101040", "00101060", "00102154", "00080050", "00080090", "00081050", "00081070", "00081048"];

/** Text of a DICOM header, with what is nested in it. */
export async function dicomHeaderText(source: RecordSource): Promise<string> {
  const { elements } = await readDicomHeader(source(), defaultMaxBytes);
  const lines: string[] = [];
  const walk = (list: typeof elements): void => {
    for (const { vr, value, items } of list) {
      for (const item of items ?? []) walk(item);
      // Binary values are numbers and pixels: by chance they read as anything.
      if (items === null && !["OB", "OW", "OF", "OD", "OL", "OV", "UN", "US", "SS", "UL", "SL", "FL", "FD", "AT"].includes(vr)) lines.push(textOf(value));
    }
  };
  walk(elements);
  return lines.join("\n");
}
