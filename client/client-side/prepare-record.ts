import { keccak_256 } from "@noble/hashes/sha3.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";
import type { Backend } from "../../crypto/backend/backend.js";
import { toHex, utf8 } from "../../crypto/bytes.js";
import { contentHash } from "../../crypto/content-hash.js";
import { decryptStream } from "../../crypto/envelope/decrypt-stream.js";
import { encryptStream, newFileKey } from "../../crypto/envelope/encrypt-stream.js";
import { makeHeader } from "../../crypto/envelope/make-header.js";
import type { Suite } from "../../crypto/suite-names.js";
import type { ColumnRole, RecordCheck, RecordSource } from "../../records/index.js";
import { clientStatement, type ClientStatement } from "../../schema/client-statement.js";
import { AppError } from "../../schema/errors.js";
import { shareFileKey, type Deposit, type SharedCustody } from "../custody/share-file-key.js";

/** Where the ciphertext waits until it is sent: a file, or memory in a browser. Nothing else is written anywhere. */
export interface SealedStore {
  /** Called once. */
  write(bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** From the start, each time. */
  open(): AsyncIterable<Uint8Array>;
}

export interface PrepareOptions {
  store: SealedStore;
  /** Who can open the file key: the platform's recipient (`custodyRecipient`), or custodians (`custodians`) of whom some must agree. */
  custody: { recipient: string } | SharedCustody;
  /** The provider's own 32 bytes, always the same: they key the content hash, and are never sent. */
  secret: Uint8Array;
  suite?: Suite;
  /** CSV: what a column holds, by header, where it would not be told rightly. */
  columns?: Readonly<Record<string, ColumnRole>>;
  /** Takes free-text notes, in which rules find names and dates, and overlook some. Default: they are refused. */
  notes?: boolean;
  /** The day on which ages over 89 are told. Default: now. */
  referenceDate?: Date;
}

/** What goes up, beside the ciphertext in the store. Plain JSON, without the source, the file key or the de-identified record. */
export interface PreparedRecord {
  statement: Omit<ClientStatement, "uploadId">;
  /** Base64: the file key in an age header for the recipient; of threshold custody the shares document. */
  keyHeader: string;
  /** Of threshold custody: what goes to the custodians themselves, each share sealed for its own. */
  deposits?: Deposit[];
  /** Bytes of the ciphertext. */
  storedSize: number;
  /** Hex; stays with the provider, who can compare it with what a buyer got. */
  deidentifiedSha256: string;
}

const draft = clientStatement.omit({ uploadId: true });

/**
 * De-identifies, checks, profiles and encrypts a record where it is, by the code that the platform's workers run. The de-identified record exists in memory
 * piece by piece, else encrypted; pseudonyms, date shifts and the file key come from fresh keys that this call alone has.
 * @param source - opened more than once
 * @throws AppError as deidentifyRecord does; CHECK_FAILED where the second look finds something; STATEMENT_INVALID if the profile would tell what the platform does not take
 */
export async function prepareRecord(backend: Backend, source: RecordSource, options: PrepareOptions): Promise<PreparedRecord> {
  const { store, custody, secret, suite = "age-v1/mlkem768x25519", columns, notes, referenceDate } = options;
  const { checkCompleteness, checkConformance, checkResidual, deidentifyRecord, profileRecord } = await import("../../records/index.js");
  const key = backend.randomBytes(32);
  const fileKey = newFileKey(backend);
  const hash = sha256.create();
  async function* hashed(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      hash.update(piece);
      yield piece;
    }
  }
  try {
    const { output, report: reported, profile: profiled } = deidentifyRecord(source, { key, ...(columns ? { columns } : {}), ...(notes ? { notes } : {}), ...(referenceDate ? { referenceDate } : {}) });
    const { stored, commitments: committed } = encryptStream(backend, hashed(output), { fileKey });
    await store.write(stored);
    const [report, commitments] = [await reported, await committed];
    const deidentified = (): AsyncIterable<Uint8Array> => decryptStream(backend, store.open(), { fileKey });
    const profile = (await profiled) ?? (await profileRecord(deidentified));
    const checks = [await checkResidual(report.format, deidentified, source), await checkConformance(report.format, deidentified, report), checkCompleteness(profile)] as const;
    requirePassed(checks.slice(0, 2));
    const own = await contentHash(backend, backend.hkdfSha256(secret, new Uint8Array(0), utf8("galen/v1/client-content-hash"), 32), source());
    const { header, deposits } = "recipient" in custody ? { header: makeHeader(backend, fileKey, [custody.recipient]), deposits: null } : await shareFileKey(backend, fileKey, { custody, contentHash: own, commitments, secret });
    const parsed = draft.safeParse({ version: 1, suite, contentHash: own, keyHeaderHash: toHex(keccak_256(header)), commitments, report, profile, checks });
    if (!parsed.success) throw new AppError("STATEMENT_INVALID", `${parsed.error.issues[0]?.path.join(".") ?? "statement"}: not of the form that the platform takes.`);
    return { statement: parsed.data, keyHeader: base64.encode(header), ...(deposits === null ? {} : { deposits }), storedSize: commitments.storedSize, deidentifiedSha256: bytesToHex(hash.digest()) };
  } finally {
    key.fill(0);
    fileKey.fill(0);
  }
}

function requirePassed(checks: readonly RecordCheck[]): void {
  const failed = checks.filter(({ outcome }) => outcome === "FAILED");
  if (failed.length > 0) throw new AppError("CHECK_FAILED", `Not passed: ${failed.map(({ name, evidence }) => `${name} (${String(evidence["why"])})`).join("; ")}.`, { details: { checks: failed.map(({ name }) => name) } });
}
