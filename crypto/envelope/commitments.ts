import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { fromHex, toHex, u64, utf8 } from "../bytes.js";
import { type MerkleBuilder, merkleBuilder } from "../merkle/builder.js";
import { leafHash } from "../merkle/hashes.js";

/** What the chain and the manifest say of an encrypted file. Roots and MAC are `0x` and 64 digits. */
export interface Commitments {
  /** Over the stored object; anyone who has it can recompute it. */
  readonly ciphertextRoot: string;
  /** Over the plain text, salted from the file key: only holders of the key can recompute it, and it betrays no content. */
  readonly plaintextRoot: string;
  /** HMAC of the file key over both roots and the size: no second key opens the file to something else. */
  readonly keyCommitment: string;
  /** Bytes. */
  readonly plainSize: number;
  /** Bytes of the stored object. */
  readonly storedSize: number;
}

/** Commitments to hold a file to: those of the chain, as far as they are known. */
export type ExpectedCommitments = Partial<Commitments>;

/** @returns the 32-byte salt from which each leaf's own salt comes. */
export const plaintextSalt = (backend: Backend, fileKey: Uint8Array): Uint8Array =>
  backend.hkdfSha256(fileKey, new Uint8Array(0), utf8("galen/v1/plaintext-salt"), 32);

/** Leaf `index` of the ciphertext tree. @param lead - the payload's nonce for leaf 0, nothing for others. @param sealed - the chunk, whole or in parts. */
export const ciphertextLeaf = (backend: Backend, lead: Uint8Array, ...sealed: readonly Uint8Array[]): Uint8Array => leafHash(backend, lead, ...sealed);

/** A leaf's own salt: with it and its chunk one leaf can be shown to an arbiter, without a hint at the others. */
export const leafSalt = (backend: Backend, salt: Uint8Array, index: number): Uint8Array =>
  backend.hmacSha256(salt).update(u64(index)).digest();

/** Leaf `index` of the plain-text tree. @param ownSalt - {@link leafSalt}. */
export const plaintextLeaf = (backend: Backend, ownSalt: Uint8Array, plain: Uint8Array): Uint8Array => leafHash(backend, ownSalt, plain);

/** @returns `0x…` HMAC-SHA-256 under a key derived from the file key. */
export function keyCommitmentOf(backend: Backend, fileKey: Uint8Array, roots: Pick<Commitments, "ciphertextRoot" | "plaintextRoot" | "plainSize">): string {
  const key = backend.hkdfSha256(fileKey, new Uint8Array(0), utf8("galen/v1/key-commitment"), 32);
  const mac = backend.hmacSha256(key).update(fromHex(roots.ciphertextRoot, 32)).update(fromHex(roots.plaintextRoot, 32));
  return toHex(mac.update(u64(roots.plainSize)).digest());
}

/** Sees each chunk once, in order, and knows the commitments at the end. */
export interface Committer {
  add(sealed: Uint8Array, plain: Uint8Array): void;
  /** Leaf hashes made elsewhere, in order: for pools. @param plainLength - bytes of plain text in the chunk. */
  addLeaves(ciphertextLeafHash: Uint8Array, plaintextLeafHash: Uint8Array, plainLength: number): void;
  finish(): Commitments;
}

/** @param nonce - the payload's 16 bytes. */
export function committer(backend: Backend, fileKey: Uint8Array, nonce: Uint8Array): Committer {
  const salt = plaintextSalt(backend, fileKey);
  const ciphertext: MerkleBuilder = merkleBuilder(backend);
  const plaintext: MerkleBuilder = merkleBuilder(backend);
  let plainSize = 0;
  const self: Committer = {
    add(sealed, plain) {
      const index = ciphertext.size;
      const lead = index === 0 ? nonce : new Uint8Array(0);
      self.addLeaves(ciphertextLeaf(backend, lead, sealed), plaintextLeaf(backend, leafSalt(backend, salt, index), plain), plain.length);
    },
    addLeaves(ciphertextLeafHash, plaintextLeafHash, plainLength) {
      ciphertext.add(ciphertextLeafHash);
      plaintext.add(plaintextLeafHash);
      plainSize += plainLength;
    },
    finish() {
      const roots = { ciphertextRoot: toHex(ciphertext.root()), plaintextRoot: toHex(plaintext.root()), plainSize };
      const storedSize = nonce.length + plainSize + 16 * ciphertext.size;
      return { ...roots, keyCommitment: keyCommitmentOf(backend, fileKey, roots), storedSize };
    },
  };
  return self;
}

/** Throws COMMITMENT_MISMATCH, naming each field that is expected to be another. */
export function checkCommitments(actual: Commitments, expected: ExpectedCommitments): void {
  const fields = Object.keys(expected) as (keyof Commitments)[];
  const wrong = fields.filter((field) => expected[field] !== undefined && expected[field] !== actual[field]);
  if (wrong.length > 0) {
    throw new AppError("COMMITMENT_MISMATCH", `The file is not the one that was committed to: ${wrong.join(", ")} differ.`, { details: { fields: wrong } });
  }
}
