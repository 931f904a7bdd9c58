import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseWrappedKey } from "../crypto/custody/wrapped-key.js";
import { nodeCrypto } from "../crypto/node.js";
import { parseEnv } from "../platform/config/parse-env.js";
import { processVariables } from "../platform/config/processes.js";
import { advisoryLocks } from "../platform/database/advisory-locks.js";
import { createLogger } from "../platform/log.js";
import { RecordKey } from "../schema/entities/record-key.js";
import { AppError } from "../schema/errors.js";
import { table } from "../test/support/workers/samples.js";
import { testStack, type TestStack } from "../test/support/workers/test-stack.js";
import { until, workerProcess } from "../test/support/workers/worker-process.js";
import { withVault, type VaultServer } from "../test/support/with-vault.js";
import { check } from "./jobs/check.js";
import { deidentify } from "./jobs/deidentify.js";
import { encrypt } from "./jobs/encrypt.js";
import { ingest } from "./jobs/ingest.js";
import { price } from "./jobs/price.js";
import { keyStore } from "./key-store.js";
import { openPlatformKeyring } from "./open-platform-keyring.js";
import { operateKeys } from "./operate-keys.js";

const suite = "age-v1/mlkem768x25519";
let stack: TestStack;
let vault: VaultServer;
let withVaultEnv: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), "galen-keys-"));
const withCode = (code: string, message?: RegExp) => (error: unknown) => error instanceof AppError && error.code === code && (message?.test(error.message) ?? true);
before(async () => {
  [stack, vault] = await Promise.all([testStack(), withVault()]);
  const token = join(folder, "token");
  writeFileSync(token, vault.adminToken);
  withVaultEnv = { VAULT_ADDR: vault.address, VAULT_TOKEN_FILE: token };
});
after(async () => {
  await stack.stop();
  await vault.stop();
  rmSync(folder, { recursive: true });
});

/** The wrapper that a worker of this environment would have. */
async function wrapperOf(environment: Record<string, string>) {
  const env = parseEnv(processVariables.workers, environment);
  const keyring = await openPlatformKeyring(env.KEYRING_FILE, env.NODE_ENV, createLogger({ service: "test", level: "silent" }));
  return { fileKeys: nodeCrypto.createKeyWrapper(keyStore(env, keyring).kek, () => keyring.current().identities), close: () => keyring.close() };
}

for (const store of ["keyring", "vault-transit"] as const) {
  test(`${store}: all keys come under a new version, the old one is destroyed, and every record still opens`, async () => {
    const { database } = stack;
    const env = { ...stack.env, ...(store === "keyring" ? {} : withVaultEnv) };
    await database.query("delete from app.record_key");
    await database.query("update app.kek_floor set version = 1");
    const before = await wrapperOf(env);
    const keys = new Map<string, Uint8Array>();
    for (let i = 0; i < 20; i++) {
      const recordId = randomUUID();
      const fileKey = nodeCrypto.newFileKey();
      keys.set(recordId, fileKey);
      const wrapped = await before.fileKeys.wrap(recordId, fileKey, suite);
      await database.getRepository(RecordKey).insert({ recordId, suite, kekVersion: wrapped.kekVersion, wrapped });
    }
    before.close();
    const [erased = ""] = keys.keys();
    await database.query("update app.record_key set wrapped = null, destroyed_at = now() where record_id = $1", [erased]);
    assert.deepEqual(await operateKeys({ name: "status" }, env), { store, currentVersion: 1, records: [{ version: 1, count: 19 }], erased: 1 });

    const told: number[] = [];
    const rotated = await operateKeys({ name: "rotate", fresh: true }, env, (count) => told.push(count));
    assert.deepEqual(rotated, { store, currentVersion: 2, records: [{ version: 2, count: 19 }], erased: 1, rotated: 19 });
    assert.deepEqual(told, [19]);
    assert.equal((await operateKeys({ name: "rotate", fresh: false }, env)).rotated, 0, "nothing is left to take up");

    // Killed between the floor and the store, it is done again.
    await operateKeys({ name: "retire" }, env);
    await operateKeys({ name: "retire" }, env);
    const now = await wrapperOf(env);
    for (const [recordId, fileKey] of keys) {
      const row = await database.getRepository(RecordKey).findOneByOrFail({ recordId });
      if (recordId === erased) assert.equal(row.wrapped, null);
      else assert.deepEqual(await now.fileKeys.unwrap(recordId, parseWrappedKey(row.wrapped)), fileKey);
    }
    now.close();
  });
}

test("a version that still seals a record is not retired, and the floor stays", async () => {
  const { database } = stack;
  const recordId = randomUUID();
  const keys = await wrapperOf(stack.env);
  const wrapped = await keys.fileKeys.wrap(recordId, nodeCrypto.newFileKey(), suite);
  keys.close();
  await database.getRepository(RecordKey).insert({ recordId, suite, kekVersion: 1, wrapped: { ...wrapped, kekVersion: 1 } });
  const floor = () => database.query("select version from app.kek_floor");
  const before = (await floor()) as unknown;
  await assert.rejects(operateKeys({ name: "retire" }, stack.env), withCode("CONFLICT", /Version 1 still seals 1 records/));
  assert.deepEqual(await floor(), before);
  await database.query("delete from app.record_key where record_id = $1", [recordId]);
});

test("one operator at a time", async () => {
  const other = stack.database.createQueryRunner();
  try {
    await other.query("select pg_advisory_lock($1)", [advisoryLocks.keysOperator]);
    await assert.rejects(operateKeys({ name: "status" }, stack.env), withCode("CONFLICT"));
  } finally {
    await other.query("select pg_advisory_unlock_all()");
    await other.release();
  }
});

test("a worker that still seals under a retired version stores no key", async () => {
  const { deps, database } = stack;
  const uploadId = await stack.receive(table(35));
  for (const job of [ingest(deps), deidentify(deps), check(deps), price(deps)]) await job({ uploadId });
  await database.query("update app.kek_floor set version = 99");
  await assert.rejects(encrypt(deps)({ uploadId }), withCode("KEY_STORE_UNAVAILABLE", /retired/));
  assert.equal(await database.getRepository(RecordKey).countBy({ recordId: uploadId }), 0);
  assert.equal((await stack.upload(uploadId)).status, "PRICED");
  await database.query("update app.kek_floor set version = 1");
  await database.query("update app.upload set status = 'WITHDRAWN' where id = $1", [uploadId]);
});

test("a worker process seals with Vault, waits while it is sealed, and goes on", async () => {
  const worker = await workerProcess({ ...stack.env, ...withVaultEnv });
  try {
    const status = async (uploadId: string): Promise<string> => (await stack.upload(uploadId)).status;
    const first = await stack.receive(table(40));
    await until("the first record", async () => (await status(first)) === "STORED");
    const row = await stack.database.getRepository(RecordKey).findOneByOrFail({ recordId: first });
    assert.match(parseWrappedKey(row.wrapped).recordKey, /^vault:v2:/);
    vault.fault.sealed = true;
    const second = await stack.receive(table(45));
    await until("the second record, before its key", async () => (await status(second)) === "PRICED");
    vault.asked.length = 0;
    await until("Vault to be asked while it is sealed", async () => vault.asked.length > 0);
    vault.fault.sealed = false;
    await until("the second record", async () => (await status(second)) === "STORED");
    assert.equal(await stack.database.query("select count(*)::int as count from app.dead_letter").then((rows: { count: number }[]) => rows[0]?.count), 0);
    assert.ok(!worker.output().includes(vault.adminToken));
  } finally {
    await worker.stop();
  }
});
