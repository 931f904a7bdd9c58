import { createRequire } from "node:module";
import { parse } from "csv-parse";
import { collect } from "../../records/bytes.js";
import type { RecordSource } from "../../records/index.js";

/** A DICOM file beyond this is parsed by our own parser alone: the second one reads it whole. */
const secondParserBytes = 64 << 20;

/** Parses a de-identified file by a program that is not ours. @returns its name, or null where there is none. Throws what the parser throws. */
export async function secondParser(format: string, output: RecordSource, size: bigint): Promise<string | null> {
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
