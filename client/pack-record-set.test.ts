import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesSource, collect, validateRecord } from "../records/index.js";
import { packRecordSet } from "./pack-record-set.js";

void test("packed files are one record set of the told size, the same bytes at each opening, and without a name", async () => {
  const patient = (id: string): Uint8Array => new TextEncoder().encode(`{"resourceType":"Patient","id":"${id}"}`);
  const { size, open } = await packRecordSet([bytesSource(patient("a")), bytesSource(patient("b"), 7)]);
  const bytes = await collect(open());
  assert.equal(bytes.length, size);
  assert.deepEqual(await collect(open()), bytes);
  assert.deepEqual(await validateRecord(bytesSource(bytes)), { format: "ARCHIVE", bytes: size, records: 2, contents: ["FHIR_JSON"] });
});
