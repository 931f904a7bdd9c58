import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bech32 } from "@scure/base";
import { identityToRecipient } from "age-encryption";
import { toHex, utf8 } from "./bytes.js";
import { makeHeader } from "./envelope/make-header.js";
import { backends, withCode } from "./envelope/test-helpers.js";
import { formatIdentity, generateIdentity, parseIdentity } from "./identity.js";
import { parseRecipient, recipientCommitment } from "./recipient.js";
import { suiteNames } from "./suite-names.js";

for (const backend of backends) {
  describe(`recipients and identities, ${backend.name}`, () => {
    for (const suite of suiteNames) {
      it(`${suite}: are what typage makes of them, and read back`, async () => {
        const { identity, recipient } = generateIdentity(backend, suite);
        assert.equal(await identityToRecipient(identity), recipient);
        assert.equal(parseRecipient(backend, recipient).suite, suite);
        assert.equal(formatIdentity(parseIdentity(identity)), identity);
      });

      it(`${suite}: refuses a wrong letter, another case, a cut text`, () => {
        const { identity, recipient } = generateIdentity(backend, suite);
        const wrong = (text: string) => text.slice(0, -1) + (text.endsWith("q") || text.endsWith("Q") ? text.at(-1) === "q" ? "p" : "P" : text.at(-1) === text.at(-1)?.toLowerCase() ? "q" : "Q");
        for (const bad of [wrong(recipient), recipient.toUpperCase(), recipient.slice(0, -1), `${recipient} `, "", "age1", "ssh-ed25519 AAAA"]) {
          assert.throws(() => parseRecipient(backend, bad), withCode("BAD_INPUT"), bad);
        }
        for (const bad of [wrong(identity), identity.toLowerCase(), identity.slice(0, -1), recipient, ""]) {
          assert.throws(() => parseIdentity(bad), (error: Error) => withCode("BAD_INPUT")(error) && (bad === "" || !error.message.includes(bad)));
        }
      });
    }

    it("refuses public keys that no honest program makes", () => {
      const encode = (prefix: string, bytes: Uint8Array) => bech32.encode(prefix, bech32.toWords(bytes), false);
      const { publicKey } = parseRecipient(backend, generateIdentity(backend).recipient);
      const changed = (start: number, ...bytes: number[]) => { const key = publicKey.slice(); key.set(bytes, start); return encode("age1pq", key); };
      parseRecipient(backend, changed(0, 0, 0, 0));
      assert.throws(() => parseRecipient(backend, changed(0, 0xff, 0xff, 0xff)), withCode("BAD_INPUT"));
      // 3329 itself is the first coefficient that is not reduced: 0xd01, low byte first.
      assert.throws(() => parseRecipient(backend, changed(0, 0x01, 0x0d, 0)), withCode("BAD_INPUT"));
      parseRecipient(backend, changed(0, 0x00, 0x0d, 0));
      assert.throws(() => parseRecipient(backend, changed(1184, ...new Uint8Array(32))), withCode("BAD_INPUT"));
      assert.throws(() => parseRecipient(backend, encode("age", new Uint8Array(32))), withCode("BAD_INPUT"));
      for (const bad of [changed(0, 0xff, 0xff, 0xff), changed(1184, ...new Uint8Array(32)), encode("age", new Uint8Array(32))]) {
        assert.throws(() => makeHeader(backend, new Uint8Array(16), [bad]), withCode("BAD_INPUT"));
      }
      assert.throws(() => parseRecipient(backend, encode("age", new Uint8Array(31).fill(9))), withCode("BAD_INPUT"));
      assert.throws(() => parseRecipient(backend, encode("age1tag", new Uint8Array(33).fill(2))), withCode("BAD_INPUT"));
    });
  });
}

it("the commitment is keccak256 of the text, as the contract and ethers compute it", async () => {
  const { keccak256, toUtf8Bytes } = await import("ethers");
  const { recipient } = generateIdentity(backends[0] as (typeof backends)[number]);
  assert.equal(recipientCommitment(recipient), keccak256(toUtf8Bytes(recipient)).slice(0, 42));
  assert.notEqual(recipientCommitment(recipient), toHex(utf8(recipient)));
});
