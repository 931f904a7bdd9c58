import { collect } from "../../bytes.js";
import { byteLines } from "../../lines.js";
import type { ProfileBuilder } from "../../profile.js";
import { invalid } from "../../refuse.js";
import { maxJsonBytes, maxLineBytes, parseJson } from "./fhir.js";
import { isObject } from "./patients.js";
import { profileResource } from "./profile-resource.js";

/** Profiles a de-identified resource or bundle. */
export async function profileFhirJson(chunks: AsyncIterable<Uint8Array>, builder: ProfileBuilder): Promise<void> {
  const value = parseJson(await collect(chunks, maxJsonBytes), "FHIR_JSON");
  if (!isObject(value)) throw invalid("FHIR_JSON", "a FHIR file is a JSON object");
  profileResource(value, builder);
}

/** Profiles a de-identified bulk export. */
export async function profileFhirNdjson(chunks: AsyncIterable<Uint8Array>, builder: ProfileBuilder): Promise<void> {
  const tooLong = (line: number): Error => invalid("FHIR_NDJSON", `a line is longer than ${maxLineBytes} bytes`, { line });
  for await (const { bytes, line } of byteLines(chunks, { cr: false, cap: maxLineBytes, tooLong })) {
    if (bytes.length === 0) continue;
    const value = parseJson(bytes, "FHIR_NDJSON", line);
    if (isObject(value)) profileResource(value, builder);
  }
}
