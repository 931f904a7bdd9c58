import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesSource, collect, withoutPatients } from "./index.js";
import { deidentify, refusal, text, utf8 } from "./test-support/run-node.js";

async function without(file: string, ...patients: string[]): Promise<{ left: string; removed: number }> {
  const { output, removed } = await withoutPatients(bytesSource(utf8(file), 50), new Set(patients));
  return { left: text(await collect(output)), removed: removed() };
}
const resource = (resourceType: string, id: string, more: object = {}): object => ({ resourceType, id, ...more });
const subject = (id: string): object => ({ subject: { reference: `Patient/${id}` } });
const resources = [
  resource("Patient", "a"), resource("Patient", "b"), resource("Encounter", "ea", subject("a")), resource("Observation", "oa", { status: "final", encounter: { reference: "Encounter/ea" } }),
  resource("Observation", "ob", { status: "final", ...subject("b") }), resource("Organization", "o"),
];

test("a patient goes with all that refers to the patient, also over others; the rest stays as it was, and is accepted", async () => {
  const ndjson = resources.map((each) => JSON.stringify(each)).join("\n");
  const lines = await without(ndjson, "a");
  assert.deepEqual(lines, { left: `${[resources[1], resources[4], resources[5]].map((each) => JSON.stringify(each)).join("\n")}\n`, removed: 3 });
  const bundle = await without(JSON.stringify({ resourceType: "Bundle", type: "collection", entry: resources.map((each) => ({ resource: each })) }), "a");
  assert.deepEqual((JSON.parse(bundle.left) as { entry: { resource: { id: string } }[] }).entry.map((entry) => entry.resource.id), ["b", "ob", "o"]);
  const message = (id: string): string => `MSH|^~\\&|A|B|C|D|20200101||ORU^R01|1|P|2.5\rPID|1||${id}^^^H~X${id}||Doe^Jane\rOBX|1|NM|718-7^^LN||13|g/dL\r`;
  const messages = await without(`BHS|^~\\&|A\r${message("1")}${message("2")}${message("1")}BTS|3\r`, "X1");
  assert.deepEqual(messages, { left: message("2"), removed: 2 });
  const table = await without("patient_id;name;value\n1;\"a;b\";5\n2;c;6\n1;d;7\n", "1");
  assert.deepEqual(table, { left: "patient_id;name;value\n2;c;6\n", removed: 2 });
  for (const left of [lines.left, bundle.left, messages.left]) assert.ok((await deidentify(left)).report.records > 0);
});

test("nobody left, no ids, or one patient alone: refused with a reason", async () => {
  for (const [file, ...patients] of [["patient_id,value\n1,5\n2,6\n", "1", "2"], ["name,value\na,5\nb,6\n", "a"], [JSON.stringify(resources[0]), "a"]] as [string, ...string[]][]) assert.equal((await refusal(() => without(file, ...patients))).code, "BAD_INPUT");
});
