import { AppError } from "../../schema/errors.js";
import { assertSuite } from "../suites.js";
import type { Suite } from "../suite-names.js";

/** A record's file key, as Postgres keeps it: plain JSON. Opens nothing without the KEK and the platform's identity. */
export interface WrappedKey {
  readonly version: 1;
  readonly recordId: string;
  readonly suite: Suite;
  /** Of the KEK that sealed `recordKey`. */
  readonly kekVersion: number;
  /** The record's own wrapping key, sealed by the KEK. Destroying every copy of it erases the record. */
  readonly recordKey: string;
  /** Of the platform's identity that the file key is wrapped to. */
  readonly identityVersion: number;
  /** Base64: an age header with the file key for the platform's post-quantum recipient, sealed under the record's wrapping key. */
  readonly fileKey: string;
}

/** Reads what a database returned. Throws KEY_UNAVAILABLE for null (an erased key) and for any other shape. */
export function parseWrappedKey(value: unknown): WrappedKey {
  if (value === null || value === undefined) throw new AppError("KEY_UNAVAILABLE", "The record's key was destroyed.");
  if (typeof value !== "object") throw unreadable();
  const { version, recordId, suite, kekVersion, recordKey, identityVersion, fileKey, ...others } = value as Record<string, unknown>;
  if (version !== 1 || Object.keys(others).length > 0) throw unreadable();
  assertSuite(suite);
  if (typeof recordId !== "string" || typeof recordKey !== "string" || typeof fileKey !== "string") throw unreadable();
  if (!isVersion(kekVersion) || !isVersion(identityVersion)) throw unreadable();
  return { version, recordId, suite, kekVersion, recordKey, identityVersion, fileKey };
}

const isVersion = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value > 0;

const unreadable = (): AppError => new AppError("KEY_UNAVAILABLE", "The wrapped key has an unknown shape.");
