import { base64 } from "@scure/base";
import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { generateIdentity, parseIdentity } from "../identity.js";
import { defaultSuite } from "../suite-names.js";

/** A secret with its number: higher ones are newer, the highest is used for new work. */
export interface Versioned<T> {
  readonly version: number;
  readonly value: T;
}

/** The platform's long-lived secrets. Each list has one entry or more, versions ascending. */
export interface Keyring {
  /** 32 bytes each. */
  readonly keks: readonly Versioned<Uint8Array>[];
  /** `AGE-SECRET-KEY-PQ-1…`: file keys are wrapped to their recipients. */
  readonly identities: readonly Versioned<string>[];
  /** 32-byte Ed25519 seeds: manifests and erasure certificates are signed with them. */
  readonly signingKeys: readonly Versioned<Uint8Array>[];
  /** 32 bytes: makes content hashes (D6). Never rotated, or duplicates would no longer be found. */
  readonly deduplicationKey: Uint8Array;
}

const format = "galen-keyring/v1";

/** A new keyring, version 1 of everything. */
export const newKeyring = (backend: Backend): Keyring => ({
  keks: [{ version: 1, value: backend.randomBytes(32) }],
  identities: [{ version: 1, value: generateIdentity(backend).identity }],
  signingKeys: [{ version: 1, value: backend.randomBytes(32) }],
  deduplicationKey: backend.randomBytes(32),
});

/** @returns the newest of a list that is never empty. */
export function newest<T>(list: readonly Versioned<T>[]): Versioned<T> {
  const last = list.at(-1);
  if (last === undefined) throw new AppError("KEY_UNAVAILABLE", "The keyring has no key of this kind.");
  return last;
}

/** @returns a keyring with one newer KEK; what older ones sealed stays readable. */
export const withNewKek = (backend: Backend, keyring: Keyring): Keyring => ({
  ...keyring,
  keks: [...keyring.keks, { version: newest(keyring.keks).version + 1, value: backend.randomBytes(32) }],
});

/** @returns a keyring without KEKs below `version`: what they sealed is lost. Throws CONFLICT if none would be left. */
export function withoutKeksBelow(keyring: Keyring, version: number): Keyring {
  const keks = keyring.keks.filter((kek) => kek.version >= version);
  if (keks.length === 0) throw new AppError("CONFLICT", "A keyring keeps at least one key-encryption key.");
  return { ...keyring, keks };
}

/** @returns the keyring's file content. */
export function encodeKeyring(keyring: Keyring): string {
  const bytes = ({ version, value }: Versioned<Uint8Array>) => ({ version, value: base64.encode(value) });
  const content = {
    format,
    keks: keyring.keks.map(bytes),
    identities: keyring.identities,
    signingKeys: keyring.signingKeys.map(bytes),
    deduplicationKey: base64.encode(keyring.deduplicationKey),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Reads a keyring's file content. Throws CONFIG_INVALID naming the field, never its value. */
export function parseKeyring(text: string): Keyring {
  const data = record(attempt("the file", () => JSON.parse(text) as unknown), "the file");
  if (data.format !== format) throw invalid("format");
  return {
    keks: list(data.keks, "keks", key32),
    identities: list(data.identities, "identities", pqIdentity),
    signingKeys: list(data.signingKeys, "signingKeys", key32),
    deduplicationKey: key32(data.deduplicationKey, "deduplicationKey"),
  };
}

const invalid = (field: string): AppError => new AppError("CONFIG_INVALID", `The keyring is invalid: ${field}.`, { details: { field } });

function attempt<T>(field: string, run: () => T): T {
  try {
    return run();
  } catch {
    // The cause is left out: it could quote a key.
    throw invalid(field);
  }
}

function record(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(field);
  return value as Record<string, unknown>;
}

function list<T>(value: unknown, field: string, read: (value: unknown, field: string) => T): Versioned<T>[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid(field);
  let before = 0;
  return value.map((item) => {
    const { version, value: content } = record(item, field);
    if (typeof version !== "number" || !Number.isSafeInteger(version) || version <= before) throw invalid(`${field}.version`);
    before = version;
    return { version, value: read(content, field) };
  });
}

function key32(value: unknown, field: string): Uint8Array {
  const bytes = attempt(field, () => base64.decode(String(value)));
  if (bytes.length !== 32) throw invalid(field);
  return bytes;
}

function pqIdentity(value: unknown, field: string): string {
  const text = String(value);
  if (attempt(field, () => parseIdentity(text)).suite !== defaultSuite) throw invalid(field);
  return text;
}
