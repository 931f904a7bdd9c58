import crypto from "node:crypto";
import type { Backend, Digest } from "./backend.js";

const tagLength = 16;
const curves = { x25519: "X25519", ed25519: "Ed25519" } as const;
type Curve = keyof typeof curves;

function base64url(raw: Uint8Array): string {
  if (raw.length !== 32) throw new RangeError("keys of this curve have 32 bytes");
  return Buffer.from(raw).toString("base64url");
}
// node:crypto reads no raw keys, and JWK is ten times as fast as DER. Of a private key's `x` it only wants that it is there.
const privateKey = (curve: Curve, raw: Uint8Array) =>
  crypto.createPrivateKey({ key: { kty: "OKP", crv: curves[curve], d: base64url(raw), x: "" }, format: "jwk" });
const publicKey = (curve: Curve, raw: Uint8Array) =>
  crypto.createPublicKey({ key: { kty: "OKP", crv: curves[curve], x: base64url(raw) }, format: "jwk" });
const rawPublic = (curve: Curve, secret: Uint8Array): Uint8Array =>
  view(Buffer.from(String(crypto.createPublicKey(privateKey(curve, secret)).export({ format: "jwk" }).x), "base64url"));

/** The same bytes as a plain Uint8Array, so that both backends return the same type. */
function view(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

type AeadName = "chacha20-poly1305" | "aes-256-gcm";

/** @returns ciphertext and tag apart. */
function sealParts(name: AeadName, key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, additional?: Uint8Array): readonly [Buffer, Buffer] {
  const cipher = crypto.createCipheriv(name as "chacha20-poly1305", key, nonce, { authTagLength: tagLength });
  if (additional !== undefined) cipher.setAAD(additional, { plaintextLength: plain.length });
  const text = cipher.update(plain);
  cipher.final();
  return [text, cipher.getAuthTag()];
}

/** ChaCha20-Poly1305 for whoever writes the parts with one call and needs them nowhere together. */
export const sealChaChaParts = (key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): readonly [Buffer, Buffer] =>
  sealParts("chacha20-poly1305", key, nonce, plain);

function sealInto(out: Uint8Array, [text, tag]: readonly [Buffer, Buffer]): Uint8Array {
  if (out.length !== text.length + tag.length) throw new RangeError("sealing takes 16 bytes of room more than the text");
  out.set(text);
  out.set(tag, text.length);
  return out;
}

const seal = (name: AeadName, key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, additional?: Uint8Array): Uint8Array =>
  sealInto(new Uint8Array(plain.length + tagLength), sealParts(name, key, nonce, plain, additional));

function open(name: AeadName, key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, additional?: Uint8Array): Uint8Array | null {
  if (sealed.length < tagLength) return null;
  const end = sealed.length - tagLength;
  const decipher = crypto.createDecipheriv(name as "chacha20-poly1305", key, nonce, { authTagLength: tagLength });
  if (additional !== undefined) decipher.setAAD(additional, { plaintextLength: end });
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
  } catch {
    return null;
  }
  return view(plain);
}

function digest(hash: crypto.Hmac): Digest {
  const self: Digest = {
    update(data) {
      hash.update(data);
      return self;
    },
    digest: () => view(hash.digest()),
  };
  return self;
}

/** OpenSSL, through node:crypto. */
export const nodeBackend: Backend = {
  name: "node",
  randomBytes: (length) => view(crypto.randomBytes(length)),
  sha256(...parts) {
    const hash = crypto.createHash("sha256");
    for (const part of parts) hash.update(part);
    return view(hash.digest());
  },
  hmacSha256: (key) => digest(crypto.createHmac("sha256", key)),
  hkdfSha256: (input, salt, info, length) => new Uint8Array(crypto.hkdfSync("sha256", input, salt, info, length)),
  sealChaCha: (key, nonce, plain) => seal("chacha20-poly1305", key, nonce, plain),
  sealChaChaInto: (key, nonce, plain, out) => void sealInto(out, sealChaChaParts(key, nonce, plain)),
  openChaCha: (key, nonce, sealed) => open("chacha20-poly1305", key, nonce, sealed),
  sealGcm: (key, nonce, additional, plain) => seal("aes-256-gcm", key, nonce, plain, additional),
  openGcm: (key, nonce, additional, sealed) => open("aes-256-gcm", key, nonce, sealed, additional),
  aesCtr(key, counter) {
    const cipher = crypto.createCipheriv("aes-256-ctr", key, counter);
    return { update: (data) => view(cipher.update(data)) };
  },
  x25519Public: (secret) => rawPublic("x25519", secret),
  x25519Shared(secret, peer) {
    try {
      const shared = crypto.diffieHellman({ privateKey: privateKey("x25519", secret), publicKey: publicKey("x25519", peer) });
      return shared.every((byte) => byte === 0) ? null : view(shared);
    } catch (error) {
      // OpenSSL itself refuses a zero result; a wrong length is the caller's mistake.
      if (error instanceof RangeError) throw error;
      return null;
    }
  },
  ed25519Public: (seed) => rawPublic("ed25519", seed),
  ed25519Sign: (seed, message) => view(crypto.sign(null, message, privateKey("ed25519", seed))),
  ed25519Verify: (raw, message, signature) =>
    signature.length === 64 && crypto.verify(null, message, publicKey("ed25519", raw), signature),
};
