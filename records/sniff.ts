import { concat, headBytes } from "./bytes.js";
import type { RecordFormat, RecordSource } from "./format.js";
import { recognizeFormat } from "./recognize.js";

/** Reads the beginning and tells the format. Throws as `recognizeFormat`. */
export async function sniff(source: RecordSource): Promise<RecordFormat> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source()) { parts.push(chunk); size += chunk.length; if (size >= headBytes) break; }
  return recognizeFormat(concat(parts).subarray(0, headBytes));
}
