import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backends, sealAll, withCode } from "./envelope/test-helpers.js";
import { newFileKey } from "./envelope/encrypt-stream.js";
import { type Manifest, signManifest, verifyManifest } from "./manifest.js";
import { signStatement } from "./signed.js";
import { classicSuite, defaultSuite, type Suite } from "./suite-names.js";
import { assertSuite, chooseSuite, strictPolicy, type SuitePolicy } from "./suites.js";

describe("suite policy", () => {
  const lenient: SuitePolicy = { classicAllowed: true, sensitivity: "ordinary", retentionYears: 10 };

  it("serves post-quantum recipients whatever the policy", () => {
    for (const policy of [lenient, strictPolicy]) assert.equal(chooseSuite(policy, defaultSuite), defaultSuite);
  });

  it("serves classic recipients only where owner, sensitivity and retention all allow", () => {
    assert.equal(chooseSuite(lenient, classicSuite), classicSuite);
    for (const stricter of [{ classicAllowed: false }, { sensitivity: "high" }, { retentionYears: 11 }] as const) {
      assert.throws(() => chooseSuite({ ...lenient, ...stricter }, classicSuite), withCode("SUITE_UNSUPPORTED"));
    }
    assert.throws(() => chooseSuite(strictPolicy, classicSuite), withCode("SUITE_UNSUPPORTED"));
  });

  it("knows no other suite", () => {
    for (const name of ["age-v1/scrypt", "", null, undefined, 1, "toString"]) assert.throws(() => assertSuite(name), withCode("SUITE_UNSUPPORTED"));
  });
});

for (const backend of backends) {
  describe(`signed manifest, ${backend.name}`, async () => {
    const seed = backend.randomBytes(32);
    const publicKey = backend.ed25519Public(seed);
    const { commitments } = await sealAll(backend, backend.randomBytes(10), newFileKey(backend));
    const manifest: Manifest = { version: 1, recordId: "0c9ab2d4-8d5c-4b52-9d2a-000000000001", suite: defaultSuite, ...commitments };
    const signed = signManifest(backend, manifest, seed);

    it("verifies on either twin, after a round through JSON in any order of fields", () => {
      const shuffled = { ...signed, body: Object.fromEntries(Object.entries(manifest).reverse()) as unknown as Manifest };
      for (const other of backends) {
        assert.deepEqual(verifyManifest(other, JSON.parse(JSON.stringify(shuffled)) as typeof signed, [backend.randomBytes(32), publicKey], commitments), manifest);
      }
    });

    it("a changed suite, root or size, another key or purpose are refused", () => {
      const refused = (body: Manifest, keys = [publicKey]) => assert.throws(() => verifyManifest(backend, { ...signed, body }, keys), withCode("COMMITMENT_MISMATCH"));
      refused({ ...manifest, suite: classicSuite });
      refused({ ...manifest, ciphertextRoot: manifest.plaintextRoot });
      refused({ ...manifest, plainSize: 11 });
      refused(manifest, [backend.ed25519Public(backend.randomBytes(32))]);
      refused(manifest, []);
      assert.throws(() => verifyManifest(backend, { ...signed, signature: "%%" }, [publicKey]), withCode("COMMITMENT_MISMATCH"));
      assert.throws(() => verifyManifest(backend, signStatement(backend, "erasure-certificate", manifest, seed), [publicKey]), withCode("COMMITMENT_MISMATCH"));
    });

    it("an authentic manifest of another file, or of an unknown suite, is refused", () => {
      assert.throws(() => verifyManifest(backend, signed, [publicKey], { ciphertextRoot: `0x${"1".repeat(64)}` }), withCode("COMMITMENT_MISMATCH"));
      const unknown = signManifest(backend, { ...manifest, suite: "age-v1/rot13" as Suite }, seed);
      assert.throws(() => verifyManifest(backend, unknown, [publicKey]), withCode("SUITE_UNSUPPORTED"));
    });
  });
}
