import { keccak_256 } from "@noble/hashes/sha3.js";
import { AppError } from "../schema/errors.js";
import type { Backend } from "./backend/backend.js";
import { concat, toHex } from "./bytes.js";

/** Before the document: 32 random bytes. A standard form, or the same document of another listing, cannot be found by its hash on the chain. */
const saltLength = 32;

/** Largest document, in bytes. */
export const maxEvidenceBytes = 10 << 20;

/** Largest sealed document: salt and document. */
export const maxSealedEvidenceBytes = saltLength + maxEvidenceBytes;

export type EvidenceType = "application/pdf" | "text/plain";

/** @returns `salt ‖ document` under a fresh salt, which is what is sent, and its hash, which goes into the listing. */
export function sealEvidence(backend: Backend, document: Uint8Array): { sealed: Uint8Array; hash: string } {
  const sealed = concat(backend.randomBytes(saltLength), document);
  return { sealed, hash: hashOf(sealed) };
}

/**
 * Holds a sealed document to its hash, and tells what it is by its content.
 * @throws AppError FILE_EMPTY, FILE_TOO_LARGE, COMMITMENT_MISMATCH, FORMAT_UNKNOWN (neither PDF nor text in UTF-8)
 */
export function openEvidence(sealed: Uint8Array, hash: string): { document: Uint8Array; mediaType: EvidenceType } {
  if (sealed.length <= saltLength) throw new AppError("FILE_EMPTY", "The document has no bytes.");
  if (sealed.length > maxSealedEvidenceBytes) throw new AppError("FILE_TOO_LARGE", `A document has at most ${maxEvidenceBytes} bytes.`, { details: { limit: maxEvidenceBytes } });
  if (hashOf(sealed) !== hash.toLowerCase()) throw new AppError("COMMITMENT_MISMATCH", "The document is not the one whose hash the upload names.");
  const document = sealed.subarray(saltLength);
  return { document, mediaType: typeOf(document) };
}

function typeOf(document: Uint8Array): EvidenceType {
  if (String.fromCharCode(...document.subarray(0, 5)) === "%PDF-") return "application/pdf";
  if (!document.some(isControl) && isUtf8(document)) return "text/plain";
  throw new AppError("FORMAT_UNKNOWN", "The document is neither PDF nor text in UTF-8.");
}

/** Tabs, ends of lines and of pages belong to text; what else is below the space tells other files. */
const isControl = (byte: number): boolean => byte < 0x09 || (byte > 0x0d && byte < 0x20);

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const hashOf = (sealed: Uint8Array): string => toHex(keccak_256(sealed));
