import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { readTrustedDocuments } from "../documents/trusted-documents.js";
import { withApi, type TestApi } from "../../test/support/with-api.js";
import { AppError } from "../../schema/errors.js";

let t: TestApi;
const folder = mkdtempSync(join(tmpdir(), "galen-closed-"));
const file = join(folder, "documents.json");
const trusted = "query Trusted { chain { chainId } }";
const misspelt = "query Misspelt { chain { hed } }";
const introspection = "{ __schema { queryType { name } } }";
const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

before(async () => {
  writeFileSync(file, JSON.stringify(Object.fromEntries([trusted, misspelt, introspection].map((text) => [hash(text), text]))));
  t = await withApi({ NODE_ENV: "production", INTROSPECTION: "off", TRUSTED_DOCUMENTS_FILE: file, ONLY_TRUSTED_DOCUMENTS: "on" });
});
after(async () => {
  await t.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a closed API runs trusted documents alone, by HTTP and by WebSocket", async () => {
  assert.deepEqual((await t.ask(trusted)).data, { chain: { chainId: 31337 } });
  const refused = await t.ask("{ chain { chainId } }");
  assert.deepEqual([refused.status, refused.errors[0]?.extensions.code ?? (refused as unknown as { code: string }).code], [403, "DOCUMENT_NOT_TRUSTED"]);
  assert.equal((await fetch(`${t.url}/graphql?query={chain{head}}`)).status, 403);
  const client = createClient({ url: `${t.url.replace("http", "ws")}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
  const ask = (query: string): Promise<unknown> => new Promise((resolve) => client.subscribe({ query }, { next: (answer) => resolve(answer), error: (errors) => resolve(errors), complete: () => undefined }));
  assert.equal(((await ask("{ chain { chainId } }")) as { extensions: { code: string } }[])[0]?.extensions.code, "DOCUMENT_NOT_TRUSTED");
  assert.ok("data" in ((await ask(trusted)) as object));
  const told = JSON.stringify(await ask(misspelt));
  assert.ok(told.includes("hed") && !told.includes("Did you mean"), told);
  assert.match(JSON.stringify(await ask(introspection)), /introspection/i);
  await client.dispose();
});

test("in production no name of the schema is suggested; introspection can be off, and the published schema is served in any case", async () => {
  const { errors } = await t.ask(misspelt);
  assert.ok(errors[0]?.message.includes("hed") && !errors[0].message.includes("Did you mean"));
  assert.equal((await t.ask(introspection)).errors[0]?.extensions.code, "BAD_INPUT");
  assert.match(await (await fetch(`${t.url}/schema.graphql`)).text(), /type Query/);
});

test("a list of trusted documents whose hashes are wrong is refused at the start", () => {
  for (const content of ["", "[]", '{"00": "{ chain { head } }"}', JSON.stringify({ [hash("a")]: "b" })]) {
    writeFileSync(join(folder, "wrong.json"), content);
    assert.throws(() => readTrustedDocuments(join(folder, "wrong.json"), false), (error: unknown) => error instanceof AppError && error.code === "CONFIG_INVALID");
  }
});
