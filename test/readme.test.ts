import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { buildSchema, parse, validate } from "graphql";
import { operations } from "../client/index.js";
import { variables } from "../platform/config/variables.js";
import { errorCodes } from "../schema/errors.js";
import { packageRoot } from "../platform/package-root.js";

const read = (path: string): string => readFileSync(join(packageRoot(), path), "utf8");
const readme = read("README.md");
const schema = buildSchema(read("schema/api.graphql"));
const faults = (text: string): string[] => validate(schema, parse(text)).map(({ message }) => message);

test("README's table of configuration says what the code says, in its order", () => {
  const rows = [...readme.matchAll(/^\| `([A-Z0-9_]+)` \| (.*) \|$/gm)].map(([, name, meaning]) => [name, meaning]);
  assert.deepEqual(rows, Object.entries(variables).map(([name, type]) => [name, type.description]));
});

test("docs/errors.md lists every error code, with its meaning", () => {
  const rows = [...read("docs/errors.md").matchAll(/^\| `([A-Z_]+)` \| (yes|no) \| (.*) \|$/gm)].map(([, code, again, meaning]) => [code, again === "yes", meaning]);
  assert.deepEqual(rows, Object.entries(errorCodes).map(([code, { retryable, meaning }]) => [code, retryable, meaning]));
});

test("every GraphQL example in README is valid against the published schema", () => {
  const examples = [...readme.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, text]) => text ?? "");
  assert.equal(examples.length, 3);
  for (const example of examples) assert.deepEqual(faults(example), []);
  const curl = /-d '(\{"query":.*\})'/.exec(readme)?.[1] ?? "";
  assert.deepEqual(faults((JSON.parse(curl) as { query: string }).query), []);
});

test("every operation of the client is valid against the published schema", () => {
  const texts = Object.entries(operations).flatMap(([name, value]) => (typeof value === "object" && "text" in value ? [[name, value.text] as const] : []));
  assert.ok(texts.length > 20);
  for (const [name, text] of texts) assert.deepEqual(faults(text), [], name);
  assert.notDeepEqual(faults("{ noSuchField }"), [], "a mistake is seen");
});
