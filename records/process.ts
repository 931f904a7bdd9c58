import { AppError } from "../schema/errors.js";
import { defaultMaxBytes, limited } from "./bytes.js";
import type { FileFormat, RecordFormat, RecordOptions, RecordSource, RecordValidation } from "./format.js";
import { deidentifyFile, profileFile, profilesOnTheWay, validateFile } from "./dispatch.js";
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
  /** Settles like `report`, with what `profileRecord` says of the output; null where that has to read it again. */
  readonly profile: Promise<Profile | null>;
}

interface Run {
  /** What is done to a file: de-identified, or read alone. */
  readonly file: typeof deidentifyFile;
  readonly done: (report: ReportBuilder, profile: ProfileBuilder | null) => void;
  readonly onBytes?: (count: number) => void;
}

async function* run(source: RecordSource, options: DeidentifyOptions, { file, done, onBytes }: Run): AsyncGenerator<Uint8Array> {
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  const format = await sniff(source);
  const report = new ReportBuilder(format);
  const profile = new ProfileBuilder(format);
  let isProfiled = true;
  const reader = new TextReader();
  const shared = { pseudonyms: new Pseudonymizer(options.key), referenceDate: options.referenceDate ?? new Date(), columns: options.columns ?? {}, k: options.k ?? 5, l: options.l ?? 2, maxBytes, reader, notes: options.notes ?? false, people: format === "ARCHIVE" && options.notes === true ? await knownPeople(() => limited(source(), maxBytes)) : nobodyKnown };
  const open = (): AsyncIterable<Uint8Array> => limited(source(), maxBytes, onBytes);
  try {
    if (format === "ARCHIVE") {
      const deidentify = (member: FileFormat, content: RecordSource, own: ReportBuilder, suppress: boolean): AsyncIterable<Uint8Array> => {
        isProfiled &&= profilesOnTheWay(member);
        return file(member, content, { ...shared, report: own, suppress, profile: isProfiled ? profile : undefined });
      };
      yield* counted(deidentifyArchive(source, { report, maxBytes, texts: shared.notes, onSize: (size) => onBytes?.(size), deidentify }), profile);
    } else {
      isProfiled = profilesOnTheWay(format);
      yield* counted(file(format, open, { ...shared, report, profile: isProfiled ? profile : undefined }), profile);
    }
  } finally {
    await reader.close();
  }
  if (report.records === 0) throw new AppError("FORMAT_INVALID", "The file holds no record.", { details: { format, reason: "the file holds no record", position: 0 } });
  done(report, isProfiled ? profile : null);
}

/** Lets a profile's record through, and tells it the size. */
async function* counted(output: AsyncIterable<Uint8Array>, profile: ProfileBuilder): AsyncGenerator<Uint8Array> {
  for await (const piece of output) {
    profile.bytes += piece.length;
    yield piece;
  }
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
  const done = (report: ReportBuilder): void => { records = report.records; contents = report.contents(); };
  for await (const piece of run(source, { ...options, key }, { file: validateFile, done, onBytes })) void piece;
  return { format, bytes, records, contents };
}

/** Recognises and de-identifies a record. Nothing is read before `output` is. */
export function deidentifyRecord(source: RecordSource, options: DeidentifyOptions): Deidentified {
  let resolve!: (built: { report: DeidentificationReport; profile: Profile | null }) => void;
  let reject!: (error: unknown) => void;
  const built = new Promise<{ report: DeidentificationReport; profile: Profile | null }>((yes, no) => { resolve = yes; reject = no; });
  const [report, profile] = [built.then((told) => told.report), built.then((told) => told.profile)];
  // The error comes out of `output` too: a caller who only reads that must not be ended by an unhandled rejection.
  for (const told of [report, profile]) told.catch(() => undefined);
  async function* output(): AsyncGenerator<Uint8Array> {
    const done = (reported: ReportBuilder, profiled: ProfileBuilder | null): void => { resolve({ report: reported.build(), profile: profiled?.build() ?? null }); };
    try { yield* run(source, options, { file: deidentifyFile, done }); }
    catch (error) { reject(error); throw error; }
  }
  return { output: output(), report, profile };
}

/** Profiles a record; run it over the de-identified output. */
export async function profileRecord(source: RecordSource, options: RecordOptions = {}): Promise<Profile> {
  const format = await sniff(source);
  const builder = new ProfileBuilder(format);
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  const open = (): AsyncIterable<Uint8Array> => limited(source(), maxBytes, (count) => { builder.bytes += count; });
  if (format !== "ARCHIVE") await profileFile(format, open(), builder, maxBytes);
  else {
    for await (const file of archiveFiles(source, maxBytes, (size) => { builder.bytes = size; })) await profileFile(file.format, file.bytes, builder, maxBytes);
  }
  return builder.build();
}
