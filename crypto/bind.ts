import { accessRecordHash } from "./access-chain.js";
import type { Backend } from "./backend/backend.js";
import { contentHash } from "./content-hash.js";
import { signErasure, verifyErasure } from "./custody/erasure.js";
import { createKeyWrapper } from "./custody/key-wrapper.js";
import { keyringKek } from "./custody/keyring-kek.js";
import { newKeyring, withNewKek } from "./custody/keyring.js";
import { decryptFile } from "./envelope/decrypt-file.js";
import { openRange } from "./envelope/decrypt-range.js";
import { decryptStream } from "./envelope/decrypt-stream.js";
import { encryptStream, newFileKey } from "./envelope/encrypt-stream.js";
import { makeHeader } from "./envelope/make-header.js";
import { openHeader } from "./envelope/open-header.js";
import { generateIdentity } from "./identity.js";
import { signManifest, verifyManifest } from "./manifest.js";
import { batchProof, batchRoot, verifyBatchProof } from "./merkle/batch.js";
import { parseRecipient } from "./recipient.js";
import { newStagingKey, stagingCipher } from "./sealed-staging.js";

/** The room's functions on one backend, so that callers name it once: `nodeCrypto` or `webCrypto`. */
export const bindCrypto = (backend: Backend) => {
  const bind = <A extends unknown[], R>(call: (backend: Backend, ...args: A) => R) => (...args: A): R => call(backend, ...args);
  return {
    backend,
    accessRecordHash: bind(accessRecordHash),
    batchProof: bind(batchProof),
    batchRoot: bind(batchRoot),
    contentHash: bind(contentHash),
    createKeyWrapper: bind(createKeyWrapper),
    decryptFile: bind(decryptFile),
    decryptStream: bind(decryptStream),
    encryptStream: bind(encryptStream),
    generateIdentity: bind(generateIdentity),
    keyringKek: bind(keyringKek),
    makeHeader: bind(makeHeader),
    newFileKey: bind(newFileKey),
    newKeyring: bind(newKeyring),
    newStagingKey: bind(newStagingKey),
    openHeader: bind(openHeader),
    openRange: bind(openRange),
    parseRecipient: bind(parseRecipient),
    signErasure: bind(signErasure),
    signManifest: bind(signManifest),
    stagingCipher: bind(stagingCipher),
    verifyBatchProof: bind(verifyBatchProof),
    verifyErasure: bind(verifyErasure),
    verifyManifest: bind(verifyManifest),
    withNewKek: bind(withNewKek),
  };
};

export type GalenCrypto = ReturnType<typeof bindCrypto>;
