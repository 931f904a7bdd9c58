import type { AppError, ErrorCode } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { nodeBackend } from "../backend/node.js";
import { webBackend } from "../backend/web.js";
import { concat } from "../bytes.js";
import type { Commitments } from "./commitments.js";
import { encryptStream } from "./encrypt-stream.js";
import type { ByteSource } from "./rechunk.js";

/** Both twins: every test of the envelope runs on each. */
export const backends: readonly Backend[] = [nodeBackend, webBackend];

/** Reads a source to its end. Pieces are copied, for a source may reuse its buffers. */
export async function readAll(source: ByteSource): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part.slice());
  return concat(...parts);
}

/** Encrypts in one go. */
export async function sealAll(backend: Backend, plain: Uint8Array, fileKey: Uint8Array): Promise<{ stored: Uint8Array; commitments: Commitments }> {
  const sealing = encryptStream(backend, [plain], { fileKey });
  const stored = await readAll(sealing.stored);
  return { stored, commitments: await sealing.commitments };
}

/** For assert.throws and assert.rejects: an AppError of that code. */
export const withCode = (code: ErrorCode) => (error: unknown): boolean => (error as AppError).code === code;
