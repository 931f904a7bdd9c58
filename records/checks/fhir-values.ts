import { collect } from "../bytes.js";
import type { RecordSource } from "../format.js";
import { byteLines } from "../lines.js";

/** Longest line that the checks read, in bytes. */
const cap = 2 ** 25;

/** The JSON values of a FHIR file that was parsed before: the one that it is, or line by line. */
export async function* fhirValues(format: "FHIR_JSON" | "FHIR_NDJSON", source: RecordSource): AsyncGenerator<unknown> {
  if (format === "FHIR_JSON") {
    yield JSON.parse(new TextDecoder().decode(await collect(source())));
    return;
  }
  const tooLong = (): Error => new RangeError("a line is too long");
  for await (const { bytes } of byteLines(source(), { cr: false, cap, tooLong })) if (bytes.length > 0) yield JSON.parse(new TextDecoder().decode(bytes));
}
