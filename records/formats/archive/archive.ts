import type { FileFormat, RecordFormat, RecordSource } from "../../format.js";
import { recognizeFormat } from "../../recognize.js";
import { invalid } from "../../refuse.js";
import { ReportBuilder } from "../../report.js";
import { located, ofPart } from "./located.js";
import { type OnRemoved, type OpenMember, openMembers } from "./members.js";
import { extensions, maxLongTables } from "./rules.js";
import { type OutgoingMember, writeZip } from "./zip-writer.js";

export interface ArchiveOptions {
  readonly report: ReportBuilder;
  readonly maxBytes: number;
  /** Whether pages of text in a PDF are taken, as a note. */
  readonly texts: boolean;
  /** Told at the end how large the archive is. */
  readonly onSize: (bytes: number) => void;
  /**
   * De-identifies one file with the job's key.
   * @param suppress - no quasi-identifier may be written: another table of the archive has them already.
   */
  readonly deidentify: (format: FileFormat, open: RecordSource, report: ReportBuilder, suppress: boolean) => AsyncIterable<Uint8Array>;
}

function formatOf({ part, head, isText = false }: OpenMember): FileFormat {
  if (isText) return "NOTE";
  let format: RecordFormat;
  try { format = recognizeFormat(head); }
  catch (error) { throw ofPart(part, error); }
  if (format === "ARCHIVE") throw invalid("ARCHIVE", "it holds another archive", part);
  return format;
}

/**
 * De-identifies each file of an archive with the job's one key, so that the same person's pseudonyms and dates agree over all of them, and packs them
 * anew under neutral names. One file that is refused refuses the archive; its number is in the error's details.
 */
export async function* deidentifyArchive(open: RecordSource, { report, maxBytes, texts, onSize, deidentify }: ArchiveOptions): AsyncGenerator<Uint8Array> {
  const formats = new Set<FileFormat>();
  let tables = 0;
  let longTables = 0;
  let grouped = false;
  async function* members(): AsyncGenerator<OutgoingMember> {
    const onEnd = (size: number, systemFiles: number): void => {
      onSize(size);
      if (systemFiles > 0) report.count("archive.system-file", "removed", "file of the packing system", systemFiles);
    };
    const onRemoved: OnRemoved = (rule, where, count) => { if (count > 0) report.count(rule, "removed", where, count); };
    for await (const member of openMembers(open, { maxBytes, onEnd, onRemoved, texts })) {
      const format = formatOf(member);
      const { index, part } = member;
      if (format === "CSV" && member.long && ++longTables > maxLongTables) throw invalid("ARCHIVE", `it holds more than ${maxLongTables} tables of over 4 MiB; upload them by themselves`, part);
      const own = new ReportBuilder(format);
      const page = part.page === undefined ? "" : `-${String(part.page).padStart(3, "0")}`;
      yield { name: `${String(index).padStart(5, "0")}${page}.${extensions[format]}`, bytes: located(part, deidentify(format, member.source, own, grouped)) };
      if (own.records === 0) throw invalid(format, "the file holds no record", part);
      formats.add(format);
      if (format === "CSV") tables += 1;
      if (own.grouped) grouped = true;
      report.absorb(own);
      report.member(format);
      if (page === "") report.count("archive.member-name", "removed", "name and time of a file");
    }
  }
  yield* writeZip(members());
  if (grouped && (formats.size > 1 || tables > 1)) {
    report.warn("One table's quasi-identifiers are k-anonymous; those of the archive's other tables are suppressed, for put together they could single a person out.");
    if (formats.size > 1) { report.mixed(); report.warn("k-anonymity holds for the table, not for the table together with the archive's other files."); }
  }
}

/** Reads a de-identified archive's files, one after the other. */
export async function* archiveFiles(open: RecordSource, maxBytes: number, onEnd: (size: number) => void): AsyncGenerator<{ readonly format: FileFormat; readonly bytes: AsyncIterable<Uint8Array> }> {
  for await (const member of openMembers(open, { maxBytes, onEnd })) yield { format: formatOf(member), bytes: located(member.part, member.source()) };
}
