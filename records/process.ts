import { AppError } from "../schema/errors.js";
import { defaultMaxBytes, limited } from "./bytes.js";
import type { FileFormat, RecordFormat, RecordOptions, RecordSource, RecordValidation } from "./format.js";
import { deidentifyFile, profileFile } from "./dispatch.js";
import { archiveFiles, deidentifyArchive } from "./formats/archive/archive.js";
import { validateCsv } from "./formats/csv/csv.js";
import type { ColumnRole } from "./formats/csv/rules.js";
import { knownPeople } from "./formats/note/known-people.js";
import { nobodyKnown } from "./formats/note/people.js";
import { TextReader } from "./ocr/text-reader.js";
import { type Profile, ProfileBuilder } from "./profile.js";
import { Pseudonymizer } from "./pseudonym.js";
import { type DeidentificationReport, ReportBuilder } from "./report.js";
import { sniff } from "./sniff.js";

export interface DeidentifyOptions extends RecordOptions {
  /** HMAC key for pseudonyms and date shifts: at least 16 random bytes. Destroy it after the job: nothing else leads back. */
  readonly key: Uint8Array;
  /** The day on which ages over 89 are told. Default: now. */
  readonly referenceDate?: Date;
  /** CSV: the user's correction of what a column holds, by header. */
  readonly columns?: Readonly<Record<string, ColumnRole>>;
  /** CSV: people who must share each combination of quasi-identifiers. Default 5. */
  readonly k?: number;
  /** CSV: different diagnoses that each such group must have, where a column holds diagnoses. Default 2. */
  readonly l?: number;
}

export interface Deidentified {
  /** The de-identified bytes. If it throws, throw away what came before. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Settles when `output` was read to its end; rejects with what `output` threw. */
  readonly report: Promise<DeidentificationReport>;
}

async function* run(source: RecordSource, options: DeidentifyOptions, done: (report: ReportBuilder) => void, onBytes?: (count: number) => void): AsyncGenerator<Uint8Array> {
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  const format = await sniff(source);
  const report = new ReportBuilder(format);
  const reader = new TextReader();
  const shared = { pseudonyms: new Pseudonymizer(options.key), referenceDate: options.referenceDate ?? new Date(), columns: options.columns ?? {}, k: options.k ?? 5, l: options.l ?? 2, maxBytes, reader, notes: options.notes ?? false, people: format === "ARCHIVE" && options.notes === true ? await knownPeople(() => limited(source(), maxBytes)) : nobodyKnown };
  const open = (): AsyncIterable<Uint8Array> => limited(source(), maxBytes, onBytes);
  try {
    if (format === "ARCHIVE") {
      const deidentify = (member: FileFormat, file: RecordSource, own: ReportBuilder, suppress: boolean): AsyncIterable<Uint8Array> => deidentifyFile(member, file, { ...shared, report: own, suppress });
      yield* deidentifyArchive(source, { report, maxBytes, texts: shared.notes, onSize: (size) => onBytes?.(size), deidentify });
    } else yield* deidentifyFile(format, open, { ...shared, report });
  } finally {
    await reader.close();
  }
  if (report.records === 0) throw new AppError("FORMAT_INVALID", "The file holds no record.", { details: { format, reason: "the file holds no record", position: 0 } });
  done(report);
}

/**
 * Parses the whole file, exactly as de-identification will, and throws the result away: what passes here passes there.
 * Throws FILE_EMPTY, FILE_TOO_LARGE, FORMAT_UNKNOWN, FORMAT_INVALID, DEIDENTIFICATION_REFUSED, with format, place and reason in the details.
 */
export async function validateRecord(source: RecordSource, options: RecordOptions = {}): Promise<RecordValidation> {
  const format = await sniff(source);
  let bytes = 0;
  const onBytes = (count: number): void => { bytes += count; };
  if (format === "CSV") {
    const records = await validateCsv(limited(source(), options.maxBytes ?? defaultMaxBytes, onBytes));
    return { format, bytes, records, contents: [format] };
  }
  let records = 0;
  let contents: RecordFormat[] = [format];
  const key = crypto.getRandomValues(new Uint8Array(32));
  for await (const piece of run(source, { ...options, key }, (report) => { records = report.records; contents = report.contents(); }, onBytes)) void piece;
  return { format, bytes, records, contents };
}

/** Recognises and de-identifies a record. Nothing is read before `output` is. */
export function deidentifyRecord(source: RecordSource, options: DeidentifyOptions): Deidentified {
  let resolve!: (report: DeidentificationReport) => void;
  let reject!: (error: unknown) => void;
  const report = new Promise<DeidentificationReport>((yes, no) => { resolve = yes; reject = no; });
  // The error comes out of `output` too: a caller who only reads that must not be ended by an unhandled rejection.
  report.catch(() => undefined);
  async function* output(): AsyncGenerator<Uint8Array> {
    try { yield* run(source, options, (builder) => { resolve(builder.build()); }); }
    catch (error) { reject(error); throw error; }
  }
  return { output: output(), report };
}

/** Profiles a record; run it over the de-identified output. */
export async function profileRecord(source: RecordSource, options: RecordOptions = {}): Promise<Profile> {
  const format = await sniff(source);
  const builder = new ProfileBuilder(format);
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  const counted = (): AsyncIterable<Uint8Array> => limited(source(), maxBytes, (count) => { builder.bytes += count; });
  if (format !== "ARCHIVE") await profileFile(format, counted(), builder, maxBytes);
  else {
    for await (const file of archiveFiles(source, maxBytes, (size) => { builder.bytes = size; })) await profileFile(file.format, file.bytes, builder, maxBytes);
  }
  return builder.build();
}
