import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { nodeBackend } from "../../crypto/backend/node.js";
import type { Commitments } from "../../crypto/envelope/commitments.js";
import { decryptFile } from "../../crypto/envelope/decrypt-file.js";
import { openDelivery, type Delivery, type operations } from "../../client/index.js";

export interface OpenedRecord {
  file: string;
  bytes: number;
  /** Hex. */
  sha256: string;
  /** Key-salted Merkle root, recomputed from the decrypted bytes. */
  plaintextRoot: string;
}

/** Downloads, decrypts, holds the record to the chain's commitments, and only then gives the file its name. */
export const openRecord = (delivery: Delivery, options: { identity: string; listing: operations.Listing; output: string }): Promise<OpenedRecord> =>
  keepRecord(options.output, (onCommitments) => openDelivery(nodeBackend, delivery, { identities: [options.identity], listing: options.listing, onCommitments }));

/** Decrypts an age file (header and payload together); the file gets its name once all of it is authentic. */
export const decryptRecord = (source: AsyncIterable<Uint8Array>, options: { identity: string; output: string }): Promise<OpenedRecord> =>
  keepRecord(options.output, (onCommitments) => decryptFile(nodeBackend, source, { identities: [options.identity], onCommitments }));

async function keepRecord(output: string, open: (onCommitments: (seen: Commitments) => void) => AsyncIterable<Uint8Array>): Promise<OpenedRecord> {
  const partial = `${output}.partial`;
  const hash = createHash("sha256");
  let bytes = 0;
  let commitments: Commitments | undefined;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of open((seen) => (commitments = seen))) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  try {
    await pipeline(Readable.from(counted(), { objectMode: false }), createWriteStream(partial, { mode: 0o600 }));
    await rename(partial, output);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return { file: output, bytes, sha256: hash.digest("hex"), plaintextRoot: commitments?.plaintextRoot ?? "" };
}
