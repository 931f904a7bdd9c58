import { ctr, gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { randomBytes } from "@noble/hashes/utils.js";
import type { Backend, Digest, KeyStream } from "./backend.js";

function attempt<T>(run: () => T): T | null {
  try {
    return run();
  } catch {
    return null;
  }
}

/** @returns the counter block `blocks` further on, modulo 2^128. */
function advance(counter: Uint8Array, blocks: number): Uint8Array {
  const out = counter.slice();
  let carry = blocks;
  for (let i = 15; i >= 0 && carry > 0; i--) {
    const sum = (out[i] ?? 0) + (carry % 256);
    out[i] = sum & 255;
    carry = Math.floor(carry / 256) + (sum >> 8);
  }
  return out;
}

/** noble's CTR is one call a message: each update starts at the block where the last one ended. */
function keyStream(key: Uint8Array, counter: Uint8Array): KeyStream {
  let position = 0;
  return {
    update(data) {
      const lead = position % 16;
      const padded = new Uint8Array(lead + data.length);
      padded.set(data, lead);
      const out = ctr(key, advance(counter, Math.floor(position / 16))).encrypt(padded);
      position += data.length;
      return out.subarray(lead);
    },
  };
}

function length32(...keys: readonly Uint8Array[]): void {
  if (keys.some((key) => key.length !== 32)) throw new RangeError("keys of this curve have 32 bytes");
}

/** noble: audited JavaScript, for browsers and wherever node:crypto is not. */
export const webBackend: Backend = {
  name: "web",
  randomBytes(length) {
    const out = new Uint8Array(length);
    // Browsers give 64 KiB a call at most.
    for (let at = 0; at < length; at += 65536) out.set(randomBytes(Math.min(65536, length - at)), at);
    return out;
  },
  sha256(...parts) {
    const hash = sha256.create();
    for (const part of parts) hash.update(part);
    return hash.digest();
  },
  hmacSha256(key) {
    const mac = hmac.create(sha256, key);
    const self: Digest = {
      update(data) {
        mac.update(data);
        return self;
      },
      digest: () => mac.digest(),
    };
    return self;
  },
  hkdfSha256: (input, salt, info, length) => hkdf(sha256, input, salt, info, length),
  sealChaCha: (key, nonce, plain) => chacha20poly1305(key, nonce).encrypt(plain),
  sealChaChaInto(key, nonce, plain, out) {
    if (out.length !== plain.length + 16) throw new RangeError("sealing takes 16 bytes of room more than the text");
    out.set(chacha20poly1305(key, nonce).encrypt(plain));
  },
  openChaCha: (key, nonce, sealed) => attempt(() => chacha20poly1305(key, nonce).decrypt(sealed)),
  sealGcm: (key, nonce, additional, plain) => gcm(key, nonce, additional).encrypt(plain),
  openGcm: (key, nonce, additional, sealed) => attempt(() => gcm(key, nonce, additional).decrypt(sealed)),
  aesCtr: keyStream,
  x25519Public(secret) {
    length32(secret);
    return x25519.getPublicKey(secret);
  },
  x25519Shared(secret, peer) {
    length32(secret, peer);
    return attempt(() => x25519.getSharedSecret(secret, peer));
  },
  ed25519Public: (seed) => ed25519.getPublicKey(seed),
  ed25519Sign: (seed, message) => ed25519.sign(message, seed),
  ed25519Verify: (publicKey, message, signature) =>
    signature.length === 64 && (attempt(() => ed25519.verify(signature, message, publicKey)) ?? false),
};
