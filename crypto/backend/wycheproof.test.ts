import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { concat, toHex } from "../bytes.js";
import { xwingEncapsulate } from "../xwing.js";
import { nodeBackend } from "./node.js";
import { webBackend } from "./web.js";

interface Vector {
  readonly tcId: number;
  readonly result: "valid" | "acceptable" | "invalid";
  readonly [field: string]: string | number;
}

/** Compiled code lies elsewhere than the sources: the package's root is where package.json is. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}

const all = JSON.parse(readFileSync(join(packageRoot(), "crypto/vectors/wycheproof.json"), "utf8")) as Record<string, readonly Vector[]>;
const bytes = (vector: Vector, field: string): Uint8Array => Uint8Array.from(Buffer.from(String(vector[field]), "hex"));
const hex = (value: Uint8Array | null): string | null => (value === null ? null : toHex(value).slice(2));

/** Runs each vector of a group, of which there is at least one of every expected result. */
function each(group: string, results: readonly string[], run: (vector: Vector) => void): void {
  const vectors = all[group] ?? [];
  for (const result of results) assert(vectors.some((vector) => vector.result === result), `${group} has no ${result} vector`);
  for (const vector of vectors) {
    try {
      run(vector);
    } catch (cause) {
      throw new Error(`Wycheproof ${group} ${vector.tcId}`, { cause });
    }
  }
}

for (const backend of [nodeBackend, webBackend]) {
  describe(`Wycheproof, ${backend.name}`, () => {
    it("ChaCha20-Poly1305", () => each("chacha20Poly1305", ["valid"], (vector) => {
      const [key, iv, msg] = [bytes(vector, "key"), bytes(vector, "iv"), bytes(vector, "msg")];
      const sealed = concat(bytes(vector, "ct"), bytes(vector, "tag"));
      // Ours takes no additional data, and Wycheproof's forged tags all come with some: forge them here.
      assert.equal(hex(backend.openChaCha(key, iv, sealed)), hex(msg));
      assert.equal(hex(backend.sealChaCha(key, iv, msg)), hex(sealed));
      for (let bit = 0; bit < 128; bit += 7) {
        const forged = sealed.slice();
        forged[msg.length + (bit >> 3)] = (forged[msg.length + (bit >> 3)] ?? 0) ^ (1 << (bit & 7));
        assert.equal(backend.openChaCha(key, iv, forged), null);
      }
    }));

    it("AES-256-GCM", () => each("aes256Gcm", ["valid", "invalid"], (vector) => {
      const [key, iv, aad, msg] = [bytes(vector, "key"), bytes(vector, "iv"), bytes(vector, "aad"), bytes(vector, "msg")];
      const sealed = concat(bytes(vector, "ct"), bytes(vector, "tag"));
      const valid = vector.result === "valid";
      assert.equal(hex(backend.openGcm(key, iv, aad, sealed)), valid ? hex(msg) : null);
      if (valid) assert.equal(hex(backend.sealGcm(key, iv, aad, msg)), hex(sealed));
    }));

    it("HKDF-SHA-256", () => each("hkdfSha256", ["valid"], (vector) => {
      assert.equal(hex(backend.hkdfSha256(bytes(vector, "ikm"), bytes(vector, "salt"), bytes(vector, "info"), Number(vector.size))), vector.okm);
    }));

    it("X25519: zero secrets are refused, everything else is computed", () => each("x25519", ["valid", "acceptable"], (vector) => {
      const zero = /^0+$/.test(String(vector.shared));
      assert.equal(hex(backend.x25519Shared(bytes(vector, "private"), bytes(vector, "public"))), zero ? null : vector.shared);
    }));

    it("Ed25519", () => each("ed25519", ["valid", "invalid"], (vector) => {
      assert.equal(backend.ed25519Verify(bytes(vector, "pk"), bytes(vector, "msg"), bytes(vector, "sig")), vector.result === "valid");
    }));

    it("ML-KEM-768: keys that are not reduced are refused", () => each("mlkem768ModulusOverflow", ["invalid"], (vector) => {
      const recipient = concat(bytes(vector, "ek"), backend.x25519Public(new Uint8Array(32).fill(5)));
      assert.equal(xwingEncapsulate(backend, recipient), null);
    }));
  });
}

it("Wycheproof ML-KEM-768: key generation and decapsulation, implicit rejection with it", () => each("mlkem768", ["valid", "invalid"], (vector) => {
  const open = () => ml_kem768.decapsulate(bytes(vector, "c"), ml_kem768.keygen(bytes(vector, "seed")).secretKey);
  if (vector.result === "invalid") return void assert.throws(open);
  if (vector.ek !== undefined) assert.equal(hex(ml_kem768.keygen(bytes(vector, "seed")).publicKey), vector.ek);
  assert.equal(hex(open()), vector.K);
}));
