import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { stagedPartBytes } from "../../platform/objects/staged-parts.js";
import { AppError } from "../../schema/errors.js";

/** What the protocol's `Tus-Checksum-Algorithm` tells. SHA-1 must be there; it finds faults of the way, not forgeries. */
export const checksumAlgorithms = ["sha256", "sha1"] as const;

/** The status that tus 1.0 has for a body that does not match its checksum. */
export const checksumMismatchStatus = 460;

export interface UploadChecksum {
  algorithm: (typeof checksumAlgorithms)[number];
  digest: Buffer;
}

const storage = new AsyncLocalStorage<UploadChecksum>();

/** Runs a request with its `Upload-Checksum` in reach of the store, which tus's server does not tell of headers. Once used it slows down all promises of the process. */
export const withChecksum = <T>(checksum: UploadChecksum | null, run: () => T): T => (checksum === null ? run() : storage.run(checksum, run));

/** Of the request under way; null where it names none. */
export const requestChecksum = (): UploadChecksum | null => storage.getStore() ?? null;

const tooLong = (): AppError => new AppError("LIMIT_EXCEEDED", `A request with a checksum has at most ${stagedPartBytes} bytes.`, { details: { limit: stagedPartBytes } });

/** @returns what `Upload-Checksum: <algorithm> <base64>` says; null without it. @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
export function readChecksum({ headers }: IncomingMessage): UploadChecksum | null {
  const header = headers["upload-checksum"];
  if (header === undefined) return null;
  if (Number(headers["content-length"] ?? 0) > stagedPartBytes) throw tooLong();
  const [name, base64 = ""] = (Array.isArray(header) ? header.join(",") : header).split(" ");
  const algorithm = checksumAlgorithms.find((known) => known === name);
  const digest = Buffer.from(base64, "base64");
  if (!algorithm || digest.toString("base64") !== base64 || digest.length !== createHash(algorithm).digest().length) {
    throw new AppError("BAD_INPUT", `Upload-Checksum: one of ${checksumAlgorithms.join(", ")}, a space, and the digest in base64.`, { details: { field: "Upload-Checksum" } });
  }
  return { algorithm, digest };
}

/**
 * Holds a body back until it is all there and matches: then it becomes one part, whatever is killed meanwhile. So such a body is at most a part long.
 * @throws AppError CHECKSUM_MISMATCH, LIMIT_EXCEEDED
 */
export async function verified(source: AsyncIterable<Uint8Array>, { algorithm, digest }: UploadChecksum): Promise<Uint8Array> {
  const hash = createHash(algorithm);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > stagedPartBytes) continue; // read to its end, so that the answer is ours
    hash.update(chunk);
    chunks.push(chunk);
  }
  if (bytes > stagedPartBytes) throw tooLong();
  if (!hash.digest().equals(digest)) throw new AppError("CHECKSUM_MISMATCH", "The bytes are not those that the checksum is of: send them again.");
  return Buffer.concat(chunks);
}
