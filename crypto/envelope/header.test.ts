import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { AppError } from "../../schema/errors.js";
import { nodeBackend as backend } from "../backend/node.js";
import { concat, utf8 } from "../bytes.js";
import { encodeHeader } from "./encode-header.js";
import { newFileKey } from "./encrypt-stream.js";
import { identityOpener } from "./identity-opener.js";
import { openHeader } from "./open-header.js";
import { maxHeaderLength, parseHeader } from "./parse-header.js";
import type { Stanza } from "./stanza.js";
import { withCode } from "./test-helpers.js";
import { generateIdentity } from "../identity.js";

const argument = fc.string({ unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)), minLength: 1, maxLength: 20 });
const stanza = fc.record({
  args: fc.array(argument, { minLength: 1, maxLength: 4 }),
  body: fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(0, 47, 48, 49, 96, 144).map((length) => new Uint8Array(length).fill(7))),
});
const headers = fc.array(stanza, { minLength: 1, maxLength: 5 });
/** Stanzas as plain values, for comparing. */
const plain = (stanzas: readonly Stanza[]) => stanzas.map(({ args, body }) => ({ args: [...args], body: [...body] }));

describe("header", () => {
  it("reads back what it wrote, with a payload after it, and nothing before it is whole", () => {
    fc.assert(fc.property(headers, fc.uint8Array({ maxLength: 50 }), fc.nat(), (stanzas, rest, cut) => {
      const header = encodeHeader(backend, stanzas, newFileKey(backend));
      const parsed = parseHeader(concat(header, rest));
      assert.deepEqual(plain(parsed?.stanzas ?? []), plain(stanzas));
      assert.equal(parsed?.length, header.length);
      assert.equal(parseHeader(header.subarray(0, cut % header.length)), null);
    }), { numRuns: 150 });
  });

  it("answers whatever it is given with a header, null or ENVELOPE_MALFORMED", () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(headers, fc.nat(), fc.nat(255)).map(([stanzas, at, byte]) => {
        const header = encodeHeader(backend, stanzas, new Uint8Array(16));
        header[at % header.length] = byte;
        return header;
      }),
    );
    const { identity } = generateIdentity(backend);
    fc.assert(fc.property(noise, (bytes) => {
      try {
        parseHeader(bytes);
        openHeader(backend, bytes, [identity]);
      } catch (error) {
        assert(error instanceof AppError && (error.code === "ENVELOPE_MALFORMED" || error.code === "DECRYPTION_FAILED"), String(error));
      }
    }), { numRuns: 300 });
  });

  it("gives up at 64 KiB, not later", () => {
    const endless = new Uint8Array(maxHeaderLength).fill(65);
    assert.equal(parseHeader(endless.subarray(1)), null);
    assert.throws(() => parseHeader(endless), withCode("ENVELOPE_MALFORMED"));
    const many = concat(utf8("age-encryption.org/v1\n"), ...Array.from({ length: 9000 }, () => utf8("-> a b\n\n")));
    assert.throws(() => parseHeader(many), withCode("ENVELOPE_MALFORMED"));
  });

  it("writes nothing that it would not read", () => {
    const key = newFileKey(backend);
    for (const args of [[], ["a b"], [""], ["ä"], ["a\n"]]) assert.throws(() => encodeHeader(backend, [{ args, body: new Uint8Array(3) }], key), withCode("ENVELOPE_MALFORMED"));
    assert.throws(() => encodeHeader(backend, [], key), withCode("ENVELOPE_MALFORMED"));
  });

  it("takes openers of other kinds, in order, and checks the key that they give", () => {
    const fileKey = newFileKey(backend);
    const header = encodeHeader(backend, [{ args: ["galen.example/test"], body: fileKey }], fileKey);
    const opener = { unwrap: (stanzas: readonly Stanza[]) => stanzas.find(({ args }) => args[0] === "galen.example/test")?.body ?? null };
    assert.deepEqual(Buffer.from(openHeader(backend, header, [identityOpener(backend, generateIdentity(backend).identity), opener])), Buffer.from(fileKey));
    assert.throws(() => openHeader(backend, header, [{ unwrap: () => newFileKey(backend) }]), withCode("DECRYPTION_FAILED"));
    assert.throws(() => openHeader(backend, header, [{ unwrap: () => new Uint8Array(15) }]), withCode("ENVELOPE_MALFORMED"));
    assert.throws(() => openHeader(backend, header, []), withCode("DECRYPTION_FAILED"));
    assert.throws(() => openHeader(backend, concat(header, Uint8Array.of(1)), [opener]), withCode("ENVELOPE_MALFORMED"));
  });
});
