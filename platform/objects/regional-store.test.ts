import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, test } from "node:test";
import { AppError } from "../../schema/errors.js";
import { parseEnv } from "../config/parse-env.js";
import { pick } from "../config/variables.js";
import { openFolderStore } from "./folder-store.js";
import { openObjectStores } from "./open-object-store.js";
import { stagingFolder } from "./staging-folder.js";

const folder = mkdtempSync(join(tmpdir(), "galen-regions-"));
after(() => rmSync(folder, { recursive: true }));
const withCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
async function* text(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}
const url = (name: string): string => pathToFileURL(join(folder, name)).href;

test("what belongs to a region lies in its store and in no other", async () => {
  const stores = await openObjectStores(url("main"), new Map([[276, url("de")], [756, url("ch")]]));
  const [main, german, swiss] = await Promise.all(["main", "de", "ch"].map((name) => openFolderStore(join(folder, name))));
  assert.ok(main && german && swiss);
  assert.deepEqual([stores.place(276), stores.place(756), stores.place(250)], ["region/276/", "region/756/", ""]);
  assert.deepEqual([...stores.places], ["", "region/276/", "region/756/"]);
  assert.deepEqual([stagingFolder(stores, { id: "a", region: 276 }), stagingFolder(stores, { id: "a", region: 250 })], ["region/276/staging/a", "staging/a"]);
  for (const region of [276, 756, 250]) await stores.put(`${stores.place(region)}records/x`, text(`of ${region}`));
  for (const [store, keys] of [[main, ["records/x"]], [german, ["region/276/records/x"]], [swiss, ["region/756/records/x"]]] as const) {
    assert.deepEqual([...(await store.list("records/")), ...(await store.list("region/"))].map(({ key }) => key), keys);
  }
  const read: Uint8Array[] = [];
  for await (const part of (await stores.get("region/756/records/x", { first: 3 })).body) read.push(part);
  assert.equal(Buffer.concat(read).toString(), "756");
  assert.deepEqual((await stores.list("region/276/records/")).map(({ key }) => key), ["region/276/records/x"]);
  await stores.delete("region/276/records/x");
  assert.equal(await german.head("region/276/records/x"), null);
  assert.equal((await main.head("records/x"))?.size, 6);
  await stores.ping();
  for (const call of [() => stores.get("region/40/records/x"), () => stores.put("region/40/records/x", text("")), () => stores.head("region/40/records/x")]) await assert.rejects(call(), withCode("OBJECT_STORE_UNAVAILABLE"));
  stores.close();
});

test("REGION_STORES is a list of regions and addresses, and anything else is a mistake", () => {
  const parse = (value?: string) => parseEnv(pick("REGION_STORES"), value === undefined ? {} : { REGION_STORES: value }).REGION_STORES;
  assert.deepEqual([...parse()], []);
  assert.deepEqual([...parse("276=s3://de?region=eu-central-1&pathStyle=true, 756=file:///ch")], [[276, "s3://de?region=eu-central-1&pathStyle=true"], [756, "file:///ch"]]);
  for (const wrong of ["276", "276=", "276=https://x", "0=s3://x", "de=s3://x", "276=s3://a,276=s3://b", "276=s3://a,"]) assert.throws(() => parse(wrong), withCode("CONFIG_INVALID"), wrong);
});
