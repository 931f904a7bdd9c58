import type { Backend } from "../crypto/backend/backend.js";
import { signManifest, type SignedManifest } from "../crypto/manifest.js";
import { assertSuite } from "../crypto/suites.js";
import type { Upload } from "../schema/entities/upload.js";
import { AppError } from "../schema/errors.js";

/** @returns what the platform vouches for of an encrypted upload: suite, roots, sizes. @throws AppError CONFLICT if it is not encrypted yet. */
export function signedManifest(backend: Backend, upload: Upload, signingKey: Uint8Array): SignedManifest {
  const { id, suite, plaintextRoot, ciphertextRoot, keyCommitment, deidentifiedSize, objectSize } = upload;
  if (plaintextRoot === null || ciphertextRoot === null || keyCommitment === null || deidentifiedSize === null || objectSize === null) {
    throw new AppError("CONFLICT", "The upload is not encrypted yet.");
  }
  assertSuite(suite);
  const sizes = { plainSize: Number(deidentifiedSize), storedSize: Number(objectSize) };
  return signManifest(backend, { version: 1, recordId: id, suite, plaintextRoot, ciphertextRoot, keyCommitment, ...sizes }, signingKey);
}
