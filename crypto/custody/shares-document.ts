import { keccak_256 } from "@noble/hashes/sha3.js";
import { AppError } from "../../schema/errors.js";
import { toHex } from "../bytes.js";
import { canonicalJson } from "../canonical-json.js";

/** Who holds the shares of a record's file key, and which shares are the true ones. Stands where an age header stands else; nothing of it is secret. */
export interface SharesDocument {
  readonly format: "galen-shares/v1";
  /** {@link sharedRecordOf} */
  readonly record: string;
  /** Bytes of the plain text: the key's commitment on the chain is over it, too. */
  readonly plainSize: number;
  /** Shares that are needed. */
  readonly threshold: number;
  /** SHA-256 of the token with which the provider has the shares destroyed. */
  readonly eraseHash: string;
  /** In the order of the shares' numbers. */
  readonly custodians: readonly { readonly name: string; readonly url: string; readonly commitment: string }[];
}

/** First byte of every document, and of no age header. */
const openingBrace = 0x7b;

/** Whether what stands where an age header is expected is a shares document instead. */
export const isSharesDocument = (header: Uint8Array): boolean => header[0] === openingBrace;

/** @returns the document's one form in bytes: RFC 8785. */
export const encodeSharesDocument = (document: SharesDocument): Uint8Array => canonicalJson(document);

/** @returns `0x…` keccak256 of its bytes: what the provider signs. */
export const sharesDocumentHash = (document: SharesDocument): string => toHex(keccak_256(encodeSharesDocument(document)));

const hash = /^0x[0-9a-f]{64}$/;
const fields = ["custodians", "eraseHash", "format", "plainSize", "record", "threshold"];
const maxCustodians = 16;

/** Strict: every field, in its range, in the one form. Throws ENVELOPE_MALFORMED. */
export function parseSharesDocument(bytes: Uint8Array): SharesDocument {
  let document: SharesDocument;
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as SharesDocument;
  } catch {
    throw malformed("no JSON");
  }
  if (typeof document !== "object" || document === null || Object.keys(document).sort().join() !== fields.join()) throw malformed("fields");
  const { format, record, plainSize, threshold, eraseHash, custodians } = document;
  if (format !== "galen-shares/v1") throw malformed("format");
  if (!isHash(record) || !isHash(eraseHash)) throw malformed("hash");
  if (!Number.isSafeInteger(plainSize) || plainSize < 1) throw malformed("plainSize");
  if (!Array.isArray(custodians) || custodians.length > maxCustodians || !custodians.every(isCustodian)) throw malformed("custodians");
  if (!Number.isInteger(threshold) || threshold < 2 || threshold > custodians.length) throw malformed("threshold");
  const form = encodeSharesDocument(document);
  if (form.length !== bytes.length || form.some((byte, at) => byte !== bytes[at])) throw malformed("not the canonical form");
  return document;
}

const isHash = (value: unknown): boolean => typeof value === "string" && hash.test(value);

function isCustodian(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Object.keys(value).sort().join() !== "commitment,name,url") return false;
  const { name, url, commitment } = value as Record<string, unknown>;
  return typeof name === "string" && /^[\w.-]{1,64}$/.test(name) && typeof url === "string" && url.length <= 200 && /^https?:\/\/[^\s?#]+$/.test(url) && isHash(commitment);
}

const malformed = (what: string): AppError => new AppError("ENVELOPE_MALFORMED", `The shares document is malformed: ${what}.`);
