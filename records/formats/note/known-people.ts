import { AppError } from "../../../schema/errors.js";
import { filesOf } from "../../checks/files.js";
import { fhirValues } from "../../checks/fhir-values.js";
import type { RecordSource } from "../../format.js";
import { headerWords, roleOfHeader } from "../csv/columns.js";
import { readTable } from "../csv/rows.js";
import { isObject } from "../fhir/patients.js";
import { patientKey } from "../hl7v2/hl7v2.js";
import { readMessages } from "../hl7v2/syntax.js";
import { particles } from "./names.js";
import type { KnownPeople, KnownPerson } from "./people.js";
import { isAbbreviation } from "./vocabulary.js";

/** People and names that are held, at most: more would cost the memory that streaming saves. */
const most = 200_000;
const small = new Set(particles);

const wordsOf = (value: unknown): string[] => (typeof value === "string" ? value.toLowerCase().match(/[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*/gu) ?? [] : []).filter((word) => word.length > 1 && !small.has(word));

class People implements KnownPeople {
  readonly #names = new Set<string>();
  readonly #byId = new Map<string, KnownPerson>();
  readonly #byName = new Map<string, KnownPerson[]>();

  /** Notes a name of somebody who is no patient. */
  name(...values: unknown[]): void {
    for (const word of values.flatMap(wordsOf)) if (this.#names.size < most && !(word.length < 4 && isAbbreviation(word))) this.#names.add(word);
  }

  patient(key: string | null, names: readonly unknown[], ids: readonly unknown[]): void {
    this.name(...names);
    if (key === null || this.#byId.size >= most) return;
    const person: KnownPerson = { key, names: [...new Set(names.flatMap(wordsOf))], ids: ids.filter((id) => typeof id === "string" && id.length > 2) as string[] };
    for (const id of person.ids) this.#byId.set(plain(id), person);
    for (const name of person.names) { const list = this.#byName.get(name) ?? []; this.#byName.set(name, list); if (list.length < 1_000) list.push(person); }
  }

  byId(id: string): KnownPerson | null { return this.#byId.get(plain(id)) ?? null; }
  has(name: string): boolean { return this.#names.has(name); }
  byNames(names: readonly string[]): KnownPerson | null {
    const told = new Set(names);
    const found = new Map<string, KnownPerson>();
    for (const name of told) for (const person of this.#byName.get(name) ?? []) if (person.names.length >= 2 && person.names.every((one) => told.has(one))) found.set(person.key, person);
    const [only] = found.values();
    return found.size === 1 && only !== undefined ? only : null;
  }
}

/** @returns an id without what is written between its signs, and without zeros before it. */
const plain = (id: string): string => id.toLowerCase().replace(/[^\p{L}\d]/gu, "").replace(/^0+(?=\d)/, "");

/** @returns whom an archive's FHIR, HL7v2 and CSV files name. Files that cannot be read are passed over: de-identification will refuse them. */
export async function knownPeople(source: RecordSource): Promise<KnownPeople> {
  const people = new People();
  for await (const file of filesOf("ARCHIVE", source)) {
    try {
      if (file.format === "FHIR_JSON" || file.format === "FHIR_NDJSON") for await (const value of fhirValues(file.format, file.source)) fhir(value, people);
      else if (file.format === "HL7V2") await hl7(file.source, people);
      else if (file.format === "CSV") await csv(file.source, people);
    } catch (error) {
      // A store that is away says nothing about the file.
      if (error instanceof AppError && error.retryable) throw error;
    }
  }
  return people;
}

function fhir(value: unknown, people: People): void {
  if (Array.isArray(value)) for (const item of value as unknown[]) fhir(item, people);
  else if (isObject(value)) {
    const names = [value["name"]].flat().flatMap((name) => (isObject(name) ? [name["text"], name["family"], ...[name["given"]].flat()] : []));
    if (value["resourceType"] === "Patient") people.patient(typeof value["id"] === "string" ? value["id"] : null, names, [value["id"], ...[value["identifier"]].flat().map((id) => (isObject(id) ? id["value"] : null))]);
    else if (names.length > 0) people.name(...names);
    for (const key of Object.keys(value)) if (typeof value[key] === "object") fhir(value[key], people);
  }
}

/** Fields of people beside the patient (XPN and XCN). */
const otherPeople: Readonly<Record<string, readonly number[]>> = { PID: [6, 9], NK1: [2], PV1: [7, 8, 9, 17], PD1: [4], OBR: [16, 28, 32], ORC: [10, 12], GT1: [3], IN1: [16], ROL: [4] };

async function hl7(source: RecordSource, people: People): Promise<void> {
  for await (const message of readMessages(source())) {
    const { repeat, component } = message.delimiters;
    for (const segment of message.segments) {
      const parts = (at: number): string[] => (segment.fields[at] ?? "").split(repeat).flatMap((one) => one.split(component).slice(0, 4)).filter((part) => !/\d/.test(part));
      if (segment.name === "PID") people.patient(patientKey(segment, message), parts(5), [2, 3, 4, 18].flatMap((at) => (segment.fields[at] ?? "").split(repeat).map((one) => one.split(component)[0])));
      for (const at of otherPeople[segment.name] ?? []) people.name(...parts(at));
    }
  }
}

async function csv(source: RecordSource, people: People): Promise<void> {
  const { header, rows } = await readTable(source());
  const names = header.flatMap((name, at) => (/\b(?:names?|surname|forename|given|first|last|middle|maiden|vorname|nachname)\b/.test(headerWords(name)) ? [at] : []));
  const ids = header.flatMap((name, at) => (roleOfHeader(name) === "patient-id" ? [at] : []));
  if (names.length === 0) return;
  for await (const batch of rows) for (const cells of batch) people.patient(cells[ids[0] ?? -1]?.trim() ?? null, names.map((at) => cells[at]), ids.map((at) => cells[at]?.trim()));
}
