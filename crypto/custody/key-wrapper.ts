import { base64 } from "@scure/base";
import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { concat, lengthPrefixed, utf8 } from "../bytes.js";
import { makeHeader } from "../envelope/make-header.js";
import { openHeader } from "../envelope/open-header.js";
import { parseIdentity } from "../identity.js";
import { recipientOf } from "../recipient.js";
import type { Suite } from "../suite-names.js";
import { assertSuite } from "../suites.js";
import type { Kek } from "./kek.js";
import { type Keyring, newest } from "./keyring.js";
import type { WrappedKey } from "./wrapped-key.js";

/** Keeps file keys: what it returns may be stored anywhere, and opens nothing without it. */
export interface KeyWrapper {
  /** @param recordId - bound to the key: it unwraps for this record alone. */
  wrap(recordId: string, fileKey: Uint8Array, suite: Suite): Promise<WrappedKey>;
  /** @returns the 16-byte file key. Throws KEY_UNAVAILABLE. */
  unwrap(recordId: string, wrapped: WrappedKey): Promise<Uint8Array>;
  /** Where clients wrap their own file keys for: the newest identity's recipient. */
  custody(): { version: number; recipient: string };
  /** Opens what a client wrapped for one of the identities' recipients. @returns the 16-byte file key. Throws ENVELOPE_MALFORMED, DECRYPTION_FAILED. */
  receive(header: Uint8Array): Uint8Array;
  /** Seals the record's wrapping key under the newest KEK; file key and payload are not touched. @returns null where it is already. */
  rotate(recordId: string, wrapped: WrappedKey): Promise<WrappedKey | null>;
}

const nonceLength = 12;
const recordContext = (recordId: string, suite: Suite) => ["record-key", recordId, suite];
const fileKeyContext = (recordId: string, suite: Suite, identityVersion: number): Uint8Array =>
  lengthPrefixed(utf8("galen/v1/file-key"), utf8(recordId), utf8(suite), utf8(String(identityVersion)));

/** @param identities - the platform's identities, read at each use. */
export function createKeyWrapper(backend: Backend, kek: Kek, identities: () => Keyring["identities"]): KeyWrapper {
  // Deriving a post-quantum recipient takes milliseconds, and it never changes for a version.
  const recipients = new Map<string, string>();
  const recipientFor = (identity: string): string => {
    const known = recipients.get(identity);
    if (known !== undefined) return known;
    const { suite, secret } = parseIdentity(identity);
    const { text } = recipientOf(backend, suite, secret);
    recipients.set(identity, text);
    return text;
  };
  const openRecordKey = (recordId: string, wrapped: WrappedKey): Promise<Uint8Array> => {
    if (wrapped.recordId !== recordId) throw new AppError("KEY_UNAVAILABLE", "The wrapped key is of another record.");
    return kek.open(wrapped.kekVersion, recordContext(recordId, wrapped.suite), wrapped.recordKey);
  };
  return {
    async wrap(recordId, fileKey, suite) {
      assertSuite(suite);
      const { version: identityVersion, value: identity } = newest(identities());
      const header = makeHeader(backend, fileKey, [recipientFor(identity)]);
      const recordKey = backend.randomBytes(32);
      const nonce = backend.randomBytes(nonceLength);
      const sealed = concat(nonce, backend.sealGcm(recordKey, nonce, fileKeyContext(recordId, suite, identityVersion), header));
      const kekVersion = await kek.currentVersion();
      const sealedRecordKey = await kek.seal(kekVersion, recordContext(recordId, suite), recordKey);
      return { version: 1, recordId, suite, kekVersion, recordKey: sealedRecordKey, identityVersion, fileKey: base64.encode(sealed) };
    },
    async unwrap(recordId, wrapped) {
      const recordKey = await openRecordKey(recordId, wrapped);
      const { suite, identityVersion } = wrapped;
      const identity = identities().find(({ version }) => version === identityVersion)?.value;
      if (identity === undefined) throw new AppError("KEY_UNAVAILABLE", `There is no platform identity of version ${identityVersion}.`);
      const header = openSealed(backend, recordKey, fileKeyContext(recordId, suite, identityVersion), wrapped.fileKey);
      return openHeader(backend, header, [identity]);
    },
    custody() {
      const { version, value } = newest(identities());
      return { version, recipient: recipientFor(value) };
    },
    receive: (header) => openHeader(backend, header, identities().map(({ value }) => value)),
    async rotate(recordId, wrapped) {
      const kekVersion = await kek.currentVersion();
      if (wrapped.kekVersion === kekVersion) return null;
      const recordKey = await openRecordKey(recordId, wrapped);
      return { ...wrapped, kekVersion, recordKey: await kek.seal(kekVersion, recordContext(recordId, wrapped.suite), recordKey) };
    },
  };
}

function openSealed(backend: Backend, key: Uint8Array, additional: Uint8Array, text: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = base64.decode(text);
  } catch (cause) {
    throw new AppError("KEY_UNAVAILABLE", "The wrapped key is malformed.", { cause });
  }
  const plain = bytes.length > nonceLength ? backend.openGcm(key, bytes.subarray(0, nonceLength), additional, bytes.subarray(nonceLength)) : null;
  if (plain === null) throw new AppError("KEY_UNAVAILABLE", "The wrapped key was changed, or is of another record.");
  return plain;
}
