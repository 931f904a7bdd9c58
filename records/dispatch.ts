import type { FileFormat, RecordSource } from "./format.js";
import { deidentifyCsv } from "./formats/csv/csv.js";
import { profileCsv } from "./formats/csv/profile.js";
import type { ColumnRole } from "./formats/csv/rules.js";
import { deidentifyDicom } from "./formats/dicom/dicom.js";
import { profileDicom } from "./formats/dicom/profile.js";
import { deidentifyFhirJson, deidentifyFhirNdjson, validateFhirNdjson } from "./formats/fhir/fhir.js";
import { profileFhirJson, profileFhirNdjson } from "./formats/fhir/profile.js";
import { deidentifyHl7 } from "./formats/hl7v2/hl7v2.js";
import { profileHl7 } from "./formats/hl7v2/profile.js";
import { deidentifyImage, profileImage } from "./formats/image/image.js";
import { deidentifyNoteFile, profileNote } from "./formats/note/note.js";
import type { KnownPeople } from "./formats/note/people.js";
import type { TextReader } from "./ocr/text-reader.js";
import type { ProfileBuilder } from "./profile.js";
import type { Pseudonymizer } from "./pseudonym.js";
import type { ReportBuilder } from "./report.js";

/** What every file of a job is de-identified with. */
export interface FileOptions {
  readonly pseudonyms: Pseudonymizer;
  readonly referenceDate: Date;
  readonly columns: Readonly<Record<string, ColumnRole>>;
  readonly k: number;
  readonly l: number;
  readonly maxBytes: number;
  /** Reads text in pixels. Started with the first image; whoever made it closes it. */
  readonly reader: Pick<TextReader, "read">;
  /** Whether free text is taken; it is refused else. */
  readonly notes: boolean;
  /** Whom the record set's structured files name. */
  readonly people: KnownPeople;
  /** CSV: write no quasi-identifier at all. */
  readonly suppress?: boolean;
  /** FHIR: told of what leaves. Other formats are profiled by `profileFile`. */
  readonly profile?: ProfileBuilder | undefined;
}

/** Whether de-identification of a format tells the profile on its way. */
export const profilesOnTheWay = (format: FileFormat): boolean => format === "FHIR_JSON" || format === "FHIR_NDJSON";

/** De-identifies a file of a known format. @param open - opens it from the start; only tables are read more than once. */
export function deidentifyFile(format: FileFormat, open: RecordSource, options: FileOptions & { readonly report: ReportBuilder }): AsyncGenerator<Uint8Array> {
  switch (format) {
    case "FHIR_JSON": return deidentifyFhirJson(open(), options);
    case "FHIR_NDJSON": return deidentifyFhirNdjson(open(), options);
    case "HL7V2": return deidentifyHl7(open(), options);
    case "CSV": return deidentifyCsv(open, options);
    case "DICOM": return deidentifyDicom(open(), options);
    case "IMAGE": return deidentifyImage(open(), options);
    case "NOTE": return deidentifyNoteFile(open(), options);
  }
}

/** The same for who throws the result away: what can be read without being written is not written. */
export async function* validateFile(format: FileFormat, open: RecordSource, options: FileOptions & { readonly report: ReportBuilder }): AsyncGenerator<Uint8Array> {
  if (format === "FHIR_NDJSON") await validateFhirNdjson(open(), options);
  else yield* deidentifyFile(format, open, options);
}

/** Adds a de-identified file of a known format to a profile. */
export function profileFile(format: FileFormat, chunks: AsyncIterable<Uint8Array>, builder: ProfileBuilder, maxBytes: number): Promise<void> {
  switch (format) {
    case "FHIR_JSON": return profileFhirJson(chunks, builder);
    case "FHIR_NDJSON": return profileFhirNdjson(chunks, builder);
    case "HL7V2": return profileHl7(chunks, builder);
    case "CSV": return profileCsv(chunks, builder);
    case "DICOM": return profileDicom(chunks, builder, maxBytes);
    case "IMAGE": return profileImage(chunks, builder);
    case "NOTE": return profileNote(chunks, builder);
  }
}
