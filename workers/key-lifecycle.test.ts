import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { newest, withNewKek, withoutKeksBelow, type Keyring } from "../crypto/custody/keyring.js";
import { writeKeyring } from "../crypto/custody/keyring-node.js";
import { parseWrappedKey } from "../crypto/custody/wrapped-key.js";
import { nodeCrypto } from "../crypto/node.js";
import { createLogger } from "../platform/log.js";
import { AccessGrant } from "../schema/entities/access-grant.js";
import { RecordKey } from "../schema/entities/record-key.js";
import { AppError } from "../schema/errors.js";
import { listed } from "../test/support/workers/listed.js";
import { table } from "../test/support/workers/samples.js";
import { testStack, type TestStack } from "../test/support/workers/test-stack.js";
import { until } from "../test/support/workers/worker-process.js";
import { eraseRecord } from "./erase-record.js";
import { deliver } from "./jobs/deliver.js";
import { openPlatformKeyring } from "./open-platform-keyring.js";
import { rotateKeys } from "./rotate-keys.js";

let stack: TestStack;
before(async () => {
  stack = await testStack({ blockTime: 3_600 });
});
after(() => stack.stop());
const withCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

test("a rotation reaches every key, may be stopped and taken up, and brings no destroyed key back", async () => {
  const { database } = stack;
  let keyring: Keyring = nodeCrypto.newKeyring();
  const fileKeys = nodeCrypto.createKeyWrapper(nodeCrypto.keyringKek(() => keyring), () => keyring.identities);
  const suite = "age-v1/mlkem768x25519";
  const keys = new Map<string, Uint8Array>();
  for (let i = 0; i < 12; i++) {
    const recordId = randomUUID();
    const fileKey = nodeCrypto.newFileKey();
    keys.set(recordId, fileKey);
    await database.getRepository(RecordKey).insert({ recordId, suite, kekVersion: 1, wrapped: await fileKeys.wrap(recordId, fileKey, suite) });
  }
  const [erased = "", raced = ""] = keys.keys();
  await database.query("update app.record_key set wrapped = null, destroyed_at = now() where record_id = $1", [erased]);
  keyring = withNewKek(nodeCrypto.backend, keyring);

  const stopped = new AbortController();
  stopped.abort();
  await assert.rejects(rotateKeys({ database, fileKeys, newestVersion: 2, signal: stopped.signal }), /abort/i);
  // One key is destroyed between the reading and the writing.
  const racing = {
    ...fileKeys,
    rotate: async (...args: Parameters<typeof fileKeys.rotate>) => {
      if (args[0] === raced) await database.query("update app.record_key set wrapped = null, destroyed_at = now() where record_id = $1", [raced]);
      return fileKeys.rotate(...args);
    },
  };
  assert.equal(await rotateKeys({ database, fileKeys: racing, newestVersion: 2 }), 10);
  assert.equal(await rotateKeys({ database, fileKeys, newestVersion: 2 }), 0, "nothing is left to do");

  keyring = withoutKeksBelow(keyring, 2);
  for (const [recordId, fileKey] of keys) {
    const row = await database.getRepository(RecordKey).findOneByOrFail({ recordId });
    if (recordId === erased || recordId === raced) {
      assert.equal(row.wrapped, null);
      continue;
    }
    assert.equal(row.kekVersion, 2);
    assert.deepEqual(await fileKeys.unwrap(recordId, parseWrappedKey(row.wrapped)), fileKey);
  }
});

test("an erasure destroys key and object, takes headers back, and is certified once", async () => {
  const { deps, database, provider1 } = stack;
  const { uploadId, listingId } = await listed(stack, table(35));
  const { objectKey } = await stack.upload(uploadId);
  const { identifiers } = await database.getRepository(AccessGrant).insert({ kind: "OWN", subject: listingId, listingId, recordId: uploadId, account: provider1.account, recipientCommitment: provider1.commitment });
  const grantId = (identifiers[0] as { id: string }).id;
  await deliver(deps)({ grantId });
  const erase = () => eraseRecord({ database, objects: deps.objects, signingKey: deps.signingKey() }, uploadId);
  const certificate = await erase();
  const publicKey = nodeCrypto.backend.ed25519Public(deps.signingKey());
  assert.equal(nodeCrypto.verifyErasure(certificate, [publicKey]).recordId, uploadId);
  assert.deepEqual(await erase(), certificate);
  assert.equal(await deps.objects.head(objectKey ?? ""), null);
  assert.deepEqual([(await stack.grant(grantId)).status, (await stack.grant(grantId)).header], ["REVOKED", null]);
  await assert.rejects(eraseRecord({ database, objects: deps.objects, signingKey: deps.signingKey() }, randomUUID()), withCode("NOT_FOUND"));
});

test("a changed keyring reaches a running process; one that is spoilt does not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "galen-keyring-"));
  const path = join(folder, "keyring.json");
  const log = createLogger({ service: "test", level: "silent" });
  await assert.rejects(openPlatformKeyring(path, "production", log), withCode("CONFIG_INVALID"));
  const opened = await openPlatformKeyring(path, "test", log);
  try {
    const first = opened.current();
    await writeKeyring(path, withNewKek(nodeCrypto.backend, first));
    await until("the new key", async () => newest(opened.current().keks).version === 2);
    writeFileSync(path, "spoilt");
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    assert.equal(newest(opened.current().keks).version, 2);
  } finally {
    opened.close();
    rmSync(folder, { recursive: true });
  }
});
