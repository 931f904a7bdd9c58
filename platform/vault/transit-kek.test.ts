import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { AppError } from "../../schema/errors.js";
import { withVault, type VaultServer } from "../../test/support/with-vault.js";
import { transitKek, type TransitKek } from "./transit-kek.js";

let vault: VaultServer;
const folder = mkdtempSync(join(tmpdir(), "galen-vault-"));
const tokenFile = join(folder, "token");
const use = (token: string): void => writeFileSync(tokenFile, `${token}\n`);
const kek = (): TransitKek => transitKek({ ...vault, tokenFile });
const withCode = (code: string, message?: RegExp) => (error: unknown) => error instanceof AppError && error.code === code && (message?.test(error.message) ?? true);
before(async () => {
  vault = await withVault();
});
after(async () => {
  await vault.stop();
  rmSync(folder, { recursive: true });
});

test("what it seals opens for the same version and context alone", async () => {
  use(vault.token);
  const keys = kek();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.array(fc.string(), { minLength: 1, maxLength: 3 }), fc.array(fc.string(), { minLength: 1, maxLength: 3 }), async (secret, context, other) => {
      const sealed = await keys.seal(1, context, secret);
      assert.deepEqual(await keys.open(1, context, sealed), secret);
      if (JSON.stringify(other) !== JSON.stringify(context)) await assert.rejects(keys.open(1, other, sealed), withCode("KEY_UNAVAILABLE"));
      await assert.rejects(keys.open(2, context, sealed), withCode("KEY_UNAVAILABLE"));
      await assert.rejects(keys.open(2, context, sealed.replace("vault:v1:", "vault:v2:")), withCode("KEY_UNAVAILABLE"));
    }),
    { numRuns: 25 },
  );
  for (const bad of ["", "vault:v1:", "vault:v1:AAAA", randomBytes(40).toString("base64")]) await assert.rejects(keys.open(1, ["a"], bad), withCode("KEY_UNAVAILABLE"), bad);
  await assert.rejects(keys.seal(7, ["a"], randomBytes(32)), withCode("KEY_UNAVAILABLE", /version 7/));
});

test("one request carries what is asked at once, and one bad item spoils no other", async () => {
  use(vault.token);
  const keys = kek();
  vault.asked.length = 0;
  const secrets = Array.from({ length: 1_200 }, () => randomBytes(32));
  const sealed = await Promise.all(secrets.map((secret, index) => keys.seal(1, ["record-key", String(index)], secret)));
  assert.deepEqual(vault.asked, ["POST encrypt", "POST encrypt", "POST encrypt"]);
  const opened = await Promise.allSettled(sealed.map((text, index) => keys.open(1, ["record-key", String(index === 5 ? 6 : index)], text)));
  assert.deepEqual(opened.flatMap((result, index) => (result.status === "rejected" ? [index] : [])), [5]);
  assert.deepEqual(opened.flatMap((result) => (result.status === "fulfilled" ? [Buffer.from(result.value)] : [])), secrets.filter((_secret, index) => index !== 5));
});

test("a version is added and retired by an operator's token, not by a worker's", async () => {
  use(vault.token);
  const worker = kek();
  assert.equal(await worker.currentVersion(), 1);
  const old = await worker.seal(1, ["a"], randomBytes(32));
  await assert.rejects(worker.addVersion(), withCode("CONFIG_INVALID", /policy/));
  use(vault.adminToken);
  assert.equal(await kek().addVersion(), 2);
  await worker.open(1, ["a"], old);
  await assert.rejects(kek().retireBelow(3), withCode("CONFLICT", /latest key version is 2/));
  await kek().retireBelow(2);
  await assert.rejects(worker.open(1, ["a"], old), withCode("KEY_UNAVAILABLE", /too old/));
  await assert.rejects(worker.seal(1, ["a"], randomBytes(32)), withCode("KEY_UNAVAILABLE"));
});

test("a token that is replaced is taken up; one that ended is a matter of configuration", async () => {
  use("hvs.ended");
  const keys = kek();
  await assert.rejects(keys.currentVersion(), withCode("CONFIG_INVALID", /token/));
  use(vault.token);
  await keys.currentVersion();
  rmSync(tokenFile);
  await assert.rejects(keys.seal(1, ["a"], randomBytes(32)), withCode("CONFIG_INVALID", /VAULT_TOKEN_FILE/));
  use(vault.token);
});

test("an outage can be tried again, and says no secret", async () => {
  const keys = kek();
  vault.fault.sealed = true;
  const secret = randomBytes(32);
  await assert.rejects(keys.seal(2, ["a"], secret), (error) => withCode("KEY_STORE_UNAVAILABLE", /503/)(error) && (error as AppError).retryable && !String((error as AppError).stack).includes(secret.toString("base64")));
  vault.fault.sealed = false;
  await assert.rejects(transitKek({ ...vault, tokenFile, address: "http://127.0.0.1:1" }).currentVersion(), withCode("KEY_STORE_UNAVAILABLE"));
  await assert.rejects(transitKek({ ...vault, tokenFile, key: "other" }).currentVersion(), withCode("CONFIG_INVALID", /no key other/));
  await assert.rejects(transitKek({ ...vault, tokenFile, mount: "elsewhere" }).seal(1, ["a"], secret), withCode("CONFIG_INVALID"));
  await assert.rejects(transitKek({ ...vault, tokenFile, namespace: "team" }).currentVersion(), withCode("CONFIG_INVALID"));
  const page = createServer((_request, response) => response.end("<html>a proxy's page</html>"));
  await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
  await assert.rejects(transitKek({ ...vault, tokenFile, address: `http://127.0.0.1:${(page.address() as AddressInfo).port}` }).currentVersion(), withCode("KEY_STORE_UNAVAILABLE", /not JSON/));
  const slow = createServer(() => undefined);
  await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
  await assert.rejects(transitKek({ ...vault, tokenFile, timeoutMs: 50, address: `http://127.0.0.1:${(slow.address() as AddressInfo).port}` }).currentVersion(), withCode("KEY_STORE_UNAVAILABLE"));
  for (const server of [page, slow]) {
    server.closeAllConnections();
    server.close();
  }
});

test("a namespace of Vault Enterprise is named in each request", async () => {
  const spaced = await withVault({ namespace: "health/galen" });
  try {
    const file = join(folder, "spaced");
    writeFileSync(file, spaced.token);
    assert.equal(await transitKek({ ...spaced, tokenFile: file, namespace: "health/galen" }).currentVersion(), 1);
    await assert.rejects(transitKek({ ...spaced, tokenFile: file }).currentVersion(), withCode("CONFIG_INVALID"));
  } finally {
    await spaced.stop();
  }
});
