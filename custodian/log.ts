import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { nodeBackend } from "../crypto/backend/node.js";
import { toHex } from "../crypto/bytes.js";
import { canonicalJson } from "../crypto/canonical-json.js";
import { signStatement, verifyStatement, type Signed } from "../crypto/signed.js";
import type { ErrorCode } from "../schema/errors.js";
import { AppError } from "../schema/errors.js";

/** What happened to a share. */
export interface LogEvent {
  readonly event: "DEPOSITED" | "RELEASED" | "REFUSED" | "DESTROYED" | "EXPIRED";
  readonly share: string;
  readonly kind?: "ORDER" | "AUDIT" | "OWN";
  /** The order's, or the listing's, id. */
  readonly subject?: string;
  readonly account?: string;
  /** Why it was refused. */
  readonly code?: ErrorCode;
}

export interface LogEntry extends LogEvent {
  /** From 1, without gaps. */
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  /** Hash of the entry before; zeros for the first. */
  readonly previous: string;
}

/** The custodian's own account of what it did: append-only, hash-chained, each entry signed. */
export interface CustodianLog {
  readonly entries: readonly LogEntry[];
  /** On the disk when this returns. */
  append(event: LogEvent): void;
  close(): void;
}

const purpose = "custodian-log";
const hashOf = (line: Signed<LogEntry>): string => toHex(nodeBackend.sha256(canonicalJson(line)));
const none = `0x${"00".repeat(32)}`;

/**
 * Reads a log's text and holds every entry to the one before it and to the custodian's key.
 * @returns the entries, the last one's hash, and the bytes that they take: a last line that a crash cut is left out
 * @throws AppError COMMITMENT_MISMATCH, with the entry's number
 */
export function verifyLog(text: string, publicKey: Uint8Array): { entries: LogEntry[]; head: string; bytes: number } {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const entries: LogEntry[] = [];
  let head = none;
  for (const line of whole.split("\n").slice(0, -1)) {
    const seq = entries.length + 1;
    try {
      const signed = JSON.parse(line) as Signed<LogEntry>;
      const entry = verifyStatement(nodeBackend, purpose, signed, [publicKey]);
      if (entry.seq !== seq || entry.previous !== head) throw new Error("not the next one");
      entries.push(entry);
      head = hashOf(signed);
    } catch (cause) {
      throw new AppError("COMMITMENT_MISMATCH", `Entry ${seq} of the custodian's log was changed, or one is missing before it.`, { cause, details: { seq } });
    }
  }
  return { entries, head, bytes: Buffer.byteLength(whole) };
}

/** Opens the log of a custodian, or begins it. @throws AppError COMMITMENT_MISMATCH */
export function openLog(path: string, seed: Uint8Array, publicKey: Uint8Array): CustodianLog {
  const { entries, head: last, bytes } = verifyLog(existsSync(path) ? readFileSync(path, "utf8") : "", publicKey);
  let head = last;
  const file = openSync(path, "a", 0o600);
  ftruncateSync(file, bytes);
  return {
    entries,
    append(event) {
      const entry: LogEntry = { seq: entries.length + 1, at: new Date().toISOString(), previous: head, ...event };
      const signed = signStatement(nodeBackend, purpose, entry, seed);
      writeSync(file, `${JSON.stringify(signed)}\n`);
      fsyncSync(file);
      head = hashOf(signed);
      entries.push(entry);
    },
    close: () => closeSync(file),
  };
}
