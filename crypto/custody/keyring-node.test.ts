import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { nodeBackend } from "../backend/node.js";
import { withCode } from "../envelope/test-helpers.js";
import { encodeKeyring, withNewKek } from "./keyring.js";
import { openKeyring, readKeyring, writeKeyring } from "./keyring-node.js";

describe("keyring file", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "galen-keyring-"));
  });
  after(() => rm(folder, { recursive: true }));
  const path = (name: string) => join(folder, name, "keyring.json");

  it("is made once, for its owner alone, also where ten open it at the same time", async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => openKeyring(path("race"))));
    assert.equal(new Set(all.map(encodeKeyring)).size, 1);
    assert.equal((await stat(path("race"))).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(folder, "race")), ["keyring.json"]);
    assert.equal(encodeKeyring(await openKeyring(path("race"))), encodeKeyring(all[0] as (typeof all)[number]));
  });

  it("is replaced in one step, and stays private", async () => {
    const keyring = await openKeyring(path("replace"));
    await writeKeyring(path("replace"), withNewKek(nodeBackend, keyring));
    assert.equal((await readKeyring(path("replace")))?.keks.length, 2);
    assert.equal((await stat(path("replace"))).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(folder, "replace")), ["keyring.json"]);
  });

  it("is refused where group or others may read or write it", async () => {
    await openKeyring(path("open"));
    for (const mode of [0o640, 0o604, 0o620, 0o666]) {
      await chmod(path("open"), mode);
      await assert.rejects(readKeyring(path("open")), withCode("CONFIG_INVALID"), mode.toString(8));
    }
    await chmod(path("open"), 0o400);
    assert.notEqual(await readKeyring(path("open")), null);
  });

  it("is refused, not replaced, where it is damaged; and null where it is not there", async () => {
    await openKeyring(path("damaged"));
    const half = (await readFile(path("damaged"), "utf8")).slice(0, 100);
    await writeFile(path("damaged"), half);
    await assert.rejects(openKeyring(path("damaged")), withCode("CONFIG_INVALID"));
    assert.equal(await readFile(path("damaged"), "utf8"), half);
    assert.equal(await readKeyring(path("nowhere")), null);
  });
});
