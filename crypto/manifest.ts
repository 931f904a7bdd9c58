import type { Backend } from "./backend/backend.js";
import { checkCommitments, type Commitments, type ExpectedCommitments } from "./envelope/commitments.js";
import { assertSuite } from "./suites.js";
import { type Signed, signStatement, verifyStatement } from "./signed.js";
import type { Suite } from "./suite-names.js";

const purpose = "manifest";

/** What the platform vouches for: age itself authenticates no sender and no suite. */
export interface Manifest extends Commitments {
  readonly version: 1;
  /** The record that was encrypted. */
  readonly recordId: string;
  readonly suite: Suite;
}

export type SignedManifest = Signed<Manifest>;

/** @param seed - the platform's 32-byte Ed25519 key. */
export const signManifest = (backend: Backend, manifest: Manifest, seed: Uint8Array): SignedManifest =>
  signStatement(backend, purpose, manifest, seed);

/**
 * @param expected - what the chain says of the record: each field given must match.
 * @returns the manifest. Throws COMMITMENT_MISMATCH, or SUITE_UNSUPPORTED for a suite that we do not know.
 */
export function verifyManifest(backend: Backend, signed: SignedManifest, publicKeys: readonly Uint8Array[], expected: ExpectedCommitments = {}): Manifest {
  const manifest = verifyStatement(backend, purpose, signed, publicKeys);
  assertSuite(manifest.suite);
  checkCommitments(manifest, expected);
  return manifest;
}
