import { civil } from "./dates.js";
import type { RecordFormat } from "./format.js";
import { generaliseCondition } from "./terminology/code-systems.js";

/** What is said of a record in its listing, and what the price model sees. No value of a person; plain JSON. */
export interface Profile {
  readonly format: RecordFormat;
  /** Size of the de-identified record in bytes. */
  readonly bytes: number;
  /** Resources, messages, rows or images. */
  readonly recordCount: number;
  /** Patients told apart; 1 to 4 are reported as 5, 0 means that the record names none. */
  readonly patientCount: number;
  /** Whether `patientCount` is a small cell that was rounded up. */
  readonly patientCountSuppressed: boolean;
  /** Kinds of data, sorted: `LABORATORY`, `VITAL_SIGNS`, `CONDITIONS`, `IMAGING:MR` … */
  readonly modalities: readonly string[];
  /** FHIR resource types, HL7v2 message types, DICOM SOP classes. */
  readonly resourceTypes: readonly { readonly name: string; readonly count: number }[];
  /** Code systems in use, by canonical URL. */
  readonly codeSystems: readonly { readonly system: string; readonly count: number }[];
  /** Most frequent diagnoses, generalised (ICD to three characters); cells under 5 are left out. */
  readonly topConditions: readonly { readonly system: string; readonly code: string; readonly count: number }[];
  /** Share (0..1) of the elements that such a record should fill, and does. */
  readonly completeness: number;
  /** Years from the oldest clinical date to the newest. */
  readonly spanYears: number;
  /** Year of the newest clinical date, shifted, so within two years of the true one; null without dates. */
  readonly newestYear: number | null;
  /** Of an archive: its first image, with the frames and bytes of all. */
  readonly image: ImageProfile | null;
}

export interface ImageProfile {
  readonly modality: string;
  readonly bodyPart: string;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly bitsAllocated: number;
  readonly transferSyntax: string;
  /** Bytes of pixel data as stored. */
  readonly pixelBytes: number;
}

/** Cells under this many people or records are not told. */
export const smallestCell = 5;
const topCount = 20;
const patientCap = 2_000_000;
const codeCap = 100_000;

/** Collects a profile while a de-identified record streams by. */
export class ProfileBuilder {
  records = 0;
  bytes = 0;
  #image: ImageProfile | null = null;
  #patients = new Set<string>();
  #modalities = new Set<string>();
  #types = new Map<string, number>();
  #systems = new Map<string, number>();
  #conditions = new Map<string, number>();
  #expected = 0;
  #filled = 0;
  #oldest = Number.POSITIVE_INFINITY;
  #newest = Number.NEGATIVE_INFINITY;

  constructor(readonly format: RecordFormat) {}

  patient(pseudonym: string): void { if (this.#patients.size < patientCap) this.#patients.add(pseudonym); }
  modality(name: string): void { this.#modalities.add(name); }
  type(name: string): void { this.#types.set(name, (this.#types.get(name) ?? 0) + 1); }
  system(url: string): void { this.#systems.set(url, (this.#systems.get(url) ?? 0) + 1); }

  condition(url: string, code: string): void {
    const key = `${url}\n${generaliseCondition(url, code)}`;
    if (this.#conditions.size < codeCap || this.#conditions.has(key)) this.#conditions.set(key, (this.#conditions.get(key) ?? 0) + 1);
  }

  addImage(image: ImageProfile): void {
    const first = this.#image;
    this.#image = first === null ? image : { ...first, frames: first.frames + image.frames, pixelBytes: first.pixelBytes + image.pixelBytes };
  }

  /** Notes an element that should be filled. */
  expect(filled: boolean): void { this.#expected += 1; if (filled) this.#filled += 1; }

  /** @param day - days since 1970-01-01; null is passed over. */
  date(day: number | null): void {
    if (day === null) return;
    if (day < this.#oldest) this.#oldest = day;
    if (day > this.#newest) this.#newest = day;
  }

  build(): Profile {
    const patients = this.#patients.size;
    const small = patients > 0 && patients < smallestCell;
    const dated = this.#newest >= this.#oldest;
    const byCount = <T extends { count: number }>(a: T, b: T): number => b.count - a.count;
    return {
      format: this.format, bytes: this.bytes, recordCount: this.records,
      patientCount: small ? smallestCell : patients, patientCountSuppressed: small,
      modalities: [...this.#modalities].sort(),
      resourceTypes: [...this.#types].map(([name, count]) => ({ name, count })).sort(byCount).slice(0, 50),
      codeSystems: [...this.#systems].map(([system, count]) => ({ system, count })).sort(byCount).slice(0, 50),
      topConditions: [...this.#conditions].filter(([, count]) => count >= smallestCell)
        .map(([key, count]) => { const [system = "", code = ""] = key.split("\n"); return { system, code, count }; }).sort(byCount).slice(0, topCount),
      completeness: this.#expected === 0 ? 0 : Math.round((this.#filled / this.#expected) * 10_000) / 10_000,
      spanYears: dated ? Math.round(((this.#newest - this.#oldest) / 365.25) * 100) / 100 : 0,
      newestYear: dated ? civil(this.#newest)[0] : null,
      image: this.#image,
    };
  }
}
