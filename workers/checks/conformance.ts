import { createRequire } from "node:module";
import { parse } from "csv-parse";
import { collect } from "../../records/bytes.js";
import { validateRecord, type DeidentificationReport, type RecordSource } from "../../records/index.js";
import { AppError } from "../../schema/errors.js";
import type { CheckOutcome } from "./check-list.js";

/** A DICOM file beyond this is parsed by our own parser alone: the second one reads it whole. */
const secondParserBytes = 64 << 20;

/** Whether the output of de-identification is a file of its format: by our own parser from the start again, and by another one. */
export async function checkConformance(format: string, output: RecordSource, report: DeidentificationReport, size: bigint): Promise<CheckOutcome> {
  try {
    const { format: told, records } = await validateRecord(output);
    const second = await secondParser(format, output, size);
    const why = told !== format ? `it reads as ${told}` : records !== report.records ? `${records} records instead of ${report.records}` : null;
    return { name: "format-conformance", outcome: why === null ? "PASSED" : "FAILED", evidence: { format, records, secondParser: second, ...(why === null ? {} : { why }) } };
  } catch (error) {
    // A store or a database that is away says nothing about the file.
    if (error instanceof AppError && error.retryable) throw error;
    return { name: "format-conformance", outcome: "FAILED", evidence: { format, why: error instanceof AppError ? error.message : "the second parser refuses it" } };
  }
}

/** @returns its name, or null where there is none. Throws what the parser throws. */
async function secondParser(format: string, output: RecordSource, size: bigint): Promise<string | null> {
  if (format === "CSV") {
    const head = await firstLine(output);
    const delimiter = [",", "\t", ";", "|"].map((mark) => ({ mark, count: head.split(mark).length })).sort((a, b) => b.count - a.count)[0]?.mark ?? ",";
    const parser = parse({ delimiter, relax_column_count: false });
    for await (const bytes of output()) if (!parser.write(bytes)) for (; parser.read() !== null; );
    parser.end();
    for await (const row of parser) void row;
    return "csv-parse";
  }
  if (format === "DICOM" && size <= secondParserBytes) {
    const dcmjs = createRequire(import.meta.url)("dcmjs") as { log: { setLevel(level: string): void }; data: { DicomMessage: { readFile(bytes: ArrayBuffer): unknown } } };
    dcmjs.log.setLevel("silent"); // it writes values of the record
    const bytes = await collect(output());
    dcmjs.data.DicomMessage.readFile(bytes.slice().buffer);
    return "dcmjs";
  }
  return null;
}

async function firstLine(output: RecordSource): Promise<string> {
  let text = "";
  for await (const bytes of output()) {
    text += Buffer.from(bytes).toString("utf8");
    if (text.includes("\n")) break;
  }
  return text.split("\n", 1)[0] ?? "";
}
