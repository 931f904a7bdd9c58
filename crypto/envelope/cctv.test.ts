import assert from "node:assert/strict";
import { createHash, scryptSync } from "node:crypto";
import { describe, it } from "node:test";
import { inflateSync } from "node:zlib";
import { base64nopad } from "@scure/base";
import { armor } from "age-encryption";
import * as vectorModule from "cctv-age";
import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { nodeBackend } from "../backend/node.js";
import { webBackend } from "../backend/web.js";
import { concat, toHex, utf8 } from "../bytes.js";
import { decryptStream } from "./decrypt-stream.js";
import { identityOpener } from "./identity-opener.js";
import { malformed } from "./malformed.js";
import { openParsedHeader } from "./open-header.js";
import { splitHeader } from "./split-header.js";
import type { Opener } from "./stanza.js";

// The 143 official vectors (npm cctv-age), all through our header parser, stanzas and payload.
// Two things that Galen never does stand beside it here: passphrases (an Opener of this test's own, which also shows
// that custodies of other kinds fit in), and ASCII armour (taken off by typage before our parser sees the file).

interface Vector {
  readonly name: string;
  readonly expect: string;
  readonly identities: readonly string[];
  readonly passphrases: readonly string[];
  readonly fields: ReadonlyMap<string, string>;
  readonly file: Uint8Array;
}

function parseVector(name: string, raw: Uint8Array): Vector {
  const buffer = Buffer.from(raw);
  const end = buffer.indexOf("\n\n");
  const lines = buffer.subarray(0, end).toString().split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as const);
  const all = (key: string) => lines.filter(([k]) => k === key).map(([, value]) => value);
  const fields = new Map(lines);
  const body = buffer.subarray(end + 2);
  return {
    name, fields, expect: fields.get("expect") ?? "", identities: all("identity"), passphrases: all("passphrase"),
    file: new Uint8Array(fields.get("compressed") === "zlib" ? inflateSync(body) : body),
  };
}

const vectors = Object.entries(vectorModule as Record<string, unknown>)
  .filter((entry): entry is [string, Uint8Array] => entry[0] !== "default" && entry[1] instanceof Uint8Array)
  .map(([name, raw]) => parseVector(name, raw));

function passphraseOpener(backend: Backend, passphrase: string): Opener {
  return {
    unwrap(stanzas) {
      const scrypt = stanzas.filter(({ args }) => args[0] === "scrypt");
      const [stanza] = scrypt;
      if (stanza === undefined) return null;
      if (stanzas.length !== 1) throw malformed("a scrypt stanza is not alone");
      const [, salt, workFactor, ...others] = stanza.args;
      if (salt === undefined || workFactor === undefined || others.length > 0 || stanza.body.length !== 32) throw malformed("a scrypt stanza has a wrong shape");
      if (!/^[1-9][0-9]?$/.test(workFactor) || Number(workFactor) > 20) throw malformed("scrypt work factor");
      const saltBytes = (() => {
        try {
          return base64nopad.decode(salt);
        } catch {
          throw malformed("scrypt salt");
        }
      })();
      if (saltBytes.length !== 16) throw malformed("scrypt salt");
      const N = 2 ** Number(workFactor);
      const key = scryptSync(passphrase, concat(utf8("age-encryption.org/v1/scrypt"), saltBytes), 32, { N, r: 8, p: 1, maxmem: 2 * 128 * 8 * N });
      return backend.openChaCha(key, new Uint8Array(12), stanza.body);
    },
  };
}

/** @returns what the vectors call it, and the plain text given out before a failure. */
async function outcome(backend: Backend, vector: Vector): Promise<{ result: string; plain: Uint8Array; fileKey?: Uint8Array }> {
  let file = vector.file;
  if (vector.fields.get("armored") === "yes") {
    try {
      file = armor.decode(Buffer.from(file).toString("latin1"));
    } catch {
      return { result: "armor failure", plain: new Uint8Array(0) };
    }
  }
  const openers = [
    ...vector.passphrases.map((text) => passphraseOpener(backend, text)),
    ...vector.identities.map((text) => identityOpener(backend, text)),
  ];
  const plain: Uint8Array[] = [];
  let fileKey: Uint8Array | undefined;
  const done = (result: string) => ({ result, plain: concat(...plain), ...(fileKey === undefined ? {} : { fileKey }) });
  try {
    // Seven bytes at a time: boundaries of reads must not matter.
    const { header, stored } = await splitHeader(pieces(file, 7));
    fileKey = openParsedHeader(backend, header, openers);
    try {
      for await (const part of decryptStream(backend, stored, { fileKey })) plain.push(part.slice());
    } catch (error) {
      assert(error instanceof AppError, String(error));
      // The vectors count the payload's nonce to the header.
      return done(error.message.includes("nonce") ? "header failure" : "payload failure");
    }
    return done("success");
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === "ENVELOPE_MALFORMED") return done("header failure");
    assert.equal(error.code, "DECRYPTION_FAILED");
    return done(error.message.includes("MAC") ? "HMAC failure" : "no match");
  }
}

function* pieces(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  const step = bytes.length > 100_000 ? bytes.length : length;
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

for (const backend of [nodeBackend, webBackend]) {
  describe(`CCTV age vectors, ${backend.name}`, () => {
    it("has all of them", () => assert.equal(vectors.length, 143));
    for (const vector of vectors) {
      it(`${vector.name}: ${vector.expect}`, async () => {
        const { result, plain, fileKey } = await outcome(backend, vector);
        assert.equal(result, vector.expect);
        const payload = vector.fields.get("payload");
        // Where the payload fails, the vectors name what a reader may have given out by then; ours, which looks one byte ahead, gives out less.
        if (payload !== undefined && result === "success") assert.equal(createHash("sha256").update(plain).digest("hex"), payload);
        const expectedKey = vector.fields.get("file key");
        if (expectedKey !== undefined && result === "success") assert.equal(toHex(fileKey ?? new Uint8Array(0)), `0x${expectedKey}`);
      });
    }
  });
}
