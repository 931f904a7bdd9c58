/** A hash or MAC that is fed piece by piece. `digest` may be called once. */
export interface Digest {
  update(data: Uint8Array): Digest;
  digest(): Uint8Array;
}

/** A key stream: each call goes on where the last one ended. */
export interface KeyStream {
  update(data: Uint8Array): Uint8Array;
}

/**
 * The primitives that differ between Node (OpenSSL) and browsers (noble). Both pass the same vectors.
 * Everything is synchronous: no caller waits, and a chunk loop stays a loop.
 * Keys are raw bytes of the stated length; a wrong length throws.
 */
export interface Backend {
  readonly name: "node" | "web";
  randomBytes(length: number): Uint8Array;
  sha256(...parts: readonly Uint8Array[]): Uint8Array;
  hmacSha256(key: Uint8Array): Digest;
  /** RFC 5869. */
  hkdfSha256(input: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array;
  /** ChaCha20-Poly1305 (RFC 8439) without additional data. @returns ciphertext ‖ 16-byte tag. */
  sealChaCha(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): Uint8Array;
  /** As sealChaCha, into `out`, of exactly `plain.length + 16` bytes. `plain` may lie in the same memory. */
  sealChaChaInto(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, out: Uint8Array): void;
  /** @returns null where the tag does not match. */
  openChaCha(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | null;
  /** AES-256-GCM, 12-byte nonce. @returns ciphertext ‖ 16-byte tag. */
  sealGcm(key: Uint8Array, nonce: Uint8Array, additional: Uint8Array, plain: Uint8Array): Uint8Array;
  /** @returns null where the tag does not match. */
  openGcm(key: Uint8Array, nonce: Uint8Array, additional: Uint8Array, sealed: Uint8Array): Uint8Array | null;
  /** AES-256-CTR from a 16-byte counter block, most significant byte first. */
  aesCtr(key: Uint8Array, counter: Uint8Array): KeyStream;
  x25519Public(secret: Uint8Array): Uint8Array;
  /** @returns null where the peer's point has low order (the shared secret would be zero). */
  x25519Shared(secret: Uint8Array, peer: Uint8Array): Uint8Array | null;
  /** @param seed - 32 bytes (RFC 8032 private key). */
  ed25519Public(seed: Uint8Array): Uint8Array;
  ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}
