import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { base64 } from "@scure/base";
import { toHex } from "../bytes.js";
import { newFileKey } from "../envelope/encrypt-stream.js";
import { backends, withCode } from "../envelope/test-helpers.js";
import { defaultSuite } from "../suite-names.js";
import { signErasure, verifyErasure } from "./erasure.js";
import { createKeyWrapper } from "./key-wrapper.js";
import { keyringKek } from "./keyring-kek.js";
import { encodeKeyring, type Keyring, newest, newKeyring, parseKeyring, withNewKek, withoutKeksBelow } from "./keyring.js";
import { parseWrappedKey, type WrappedKey } from "./wrapped-key.js";

const unavailable = withCode("KEY_UNAVAILABLE");

for (const backend of backends) {
  describe(`custody, ${backend.name}`, async () => {
    const wrapperOf = (keyring: () => Keyring) => createKeyWrapper(backend, keyringKek(backend, keyring), () => keyring().identities);
    const keyring = newKeyring(backend);
    const keys = wrapperOf(() => keyring);
    const fileKey = newFileKey(backend);
    const wrapped = await keys.wrap("record-1", fileKey, defaultSuite);

    it("gives the file key back, after a round through the database's JSON", async () => {
      const stored = parseWrappedKey(JSON.parse(JSON.stringify(wrapped)));
      assert.equal(toHex(await keys.unwrap("record-1", stored)), toHex(fileKey));
    });

    it("holds neither the file key nor a key-encryption key in what is stored", () => {
      const text = JSON.stringify(wrapped);
      for (const secret of [fileKey, newest(keyring.keks).value]) {
        assert(!text.includes(base64.encode(secret).slice(0, 20)) && !text.includes(toHex(secret).slice(2)));
      }
    });

    it("gives each record a wrapping key of its own: one erased leaves the others", async () => {
      const other = await keys.wrap("record-2", newFileKey(backend), defaultSuite);
      await assert.rejects(keys.unwrap("record-1", { ...wrapped, recordKey: other.recordKey }), unavailable);
      assert.throws(() => parseWrappedKey(null), unavailable);
      await keys.unwrap("record-2", other);
    });

    it("opens for its own record, suite and version alone", async () => {
      const changes: Partial<WrappedKey>[] = [
        { recordId: "record-2" }, { suite: "age-v1/x25519" }, { kekVersion: 2 }, { identityVersion: 2 },
        { recordKey: wrapped.fileKey }, { fileKey: wrapped.recordKey }, { recordKey: "%" }, { fileKey: "%" }, { recordKey: "AAAA" }, { fileKey: "" },
      ];
      for (const change of changes) await assert.rejects(keys.unwrap("record-1", { ...wrapped, ...change }), unavailable, JSON.stringify(change));
      await assert.rejects(keys.unwrap("record-2", wrapped), unavailable);
      await assert.rejects(keys.unwrap("record-2", { ...wrapped, recordId: "record-2" }), unavailable);
      await assert.rejects(wrapperOf(() => newKeyring(backend)).unwrap("record-1", wrapped), unavailable);
    });

    it("refuses any other shape from the database", () => {
      for (const bad of [undefined, 1, "", [], {}, { ...wrapped, version: 2 }, { ...wrapped, extra: 1 }, { ...wrapped, kekVersion: "1" }, { ...wrapped, kekVersion: 0 }, { ...wrapped, recordId: 1 }, { ...wrapped, fileKey: null }]) {
        assert.throws(() => parseWrappedKey(bad), unavailable, JSON.stringify(bad));
      }
      assert.throws(() => parseWrappedKey({ ...wrapped, suite: "none" }), withCode("SUITE_UNSUPPORTED"));
    });

    it("rotates the key-encryption key, in a running process, without touching the wrapped file key", async () => {
      let current = keyring;
      const running = wrapperOf(() => current);
      assert.equal(await running.rotate("record-1", wrapped), null);
      current = withNewKek(backend, current);
      assert.equal(toHex(await running.unwrap("record-1", wrapped)), toHex(fileKey));
      const rotated = await running.rotate("record-1", wrapped);
      assert(rotated !== null);
      assert.equal(rotated.kekVersion, 2);
      assert.equal(rotated.fileKey, wrapped.fileKey);
      assert.equal(await running.rotate("record-1", rotated), null);
      current = withoutKeksBelow(current, 2);
      assert.equal(toHex(await running.unwrap("record-1", rotated)), toHex(fileKey));
      await assert.rejects(running.unwrap("record-1", wrapped), unavailable);
      assert.throws(() => withoutKeksBelow(current, 3), withCode("CONFLICT"));
    });

    it("certifies an erasure, verifiably and with the day on which backups have forgotten too", () => {
      const { value: seed } = newest(keyring.signingKeys);
      const signed = signErasure(backend, wrapped, new Date("2026-01-31T10:00:00Z"), seed);
      const publicKeys = [backend.ed25519Public(seed)];
      const erasure = verifyErasure(backend, JSON.parse(JSON.stringify(signed)) as typeof signed, publicKeys);
      assert.equal(erasure.recordId, "record-1");
      assert.equal(erasure.backupsExpireBy, "2026-03-02T10:00:00.000Z");
      assert.throws(() => verifyErasure(backend, { ...signed, body: { ...signed.body, recordId: "record-2" } }, publicKeys), withCode("COMMITMENT_MISMATCH"));
    });

    it("reads the keyring's own file format, and names what is wrong in another", () => {
      const again = parseKeyring(encodeKeyring(withNewKek(backend, keyring)));
      assert.deepEqual(again.keks.map(({ version }) => version), [1, 2]);
      assert.deepEqual(again.identities, keyring.identities);
      assert.equal(toHex(again.deduplicationKey), toHex(keyring.deduplicationKey));
      const good = JSON.parse(encodeKeyring(keyring)) as Record<string, unknown>;
      const bad: [string, Record<string, unknown>][] = [
        ["format", { format: "other" }], ["keks", { keks: [] }], ["keks", { keks: [{ version: 1, value: "AAAA" }] }],
        ["keks.version", { keks: [{ version: 0, value: "" }] }], ["identities", { identities: [{ version: 1, value: "AGE-SECRET-KEY-1" }] }],
        ["signingKeys", { signingKeys: "none" }], ["deduplicationKey", { deduplicationKey: 5 }],
      ];
      for (const [field, change] of bad) {
        assert.throws(() => parseKeyring(JSON.stringify({ ...good, ...change })), (error: Error) => withCode("CONFIG_INVALID")(error) && error.message.includes(field), field);
      }
      assert.throws(() => parseKeyring("{"), withCode("CONFIG_INVALID"));
    });
  });
}
