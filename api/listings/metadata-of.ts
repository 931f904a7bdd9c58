import { keccak256, toUtf8Bytes } from "ethers";
import type { Metadata } from "../../schema/entities/index.js";
import { MetadataStatus } from "../types/states.js";

/** Most documents that are remembered as checked, and the longest, in characters. */
const remembered = 2_000;
const longest = 16_384;

interface Checked {
  status: MetadataStatus;
  /** Null unless VERIFIED. */
  body: unknown;
}

/** Documents that were what their hash says, by it. */
const verified = new Map<string, { text: string; body: unknown }>();

/** A listing's metadata is shown only if it is what the chain's hash says. Checking costs more than all the rest of a page, so what was right is remembered. */
export function metadataOf(found: Metadata | null): Checked {
  if (!found) return { status: MetadataStatus.MISSING, body: null };
  const known = verified.get(found.hash);
  if (known?.text === found.body) return { status: MetadataStatus.VERIFIED, body: known.body };
  if (keccak256(toUtf8Bytes(found.body)) !== found.hash) return { status: MetadataStatus.MISMATCH, body: null };
  const body = JSON.parse(found.body) as unknown;
  if (found.body.length <= longest) {
    if (verified.size >= remembered) verified.delete(verified.keys().next().value!);
    verified.set(found.hash, { text: found.body, body });
  }
  return { status: MetadataStatus.VERIFIED, body };
}

/** @returns a text of the metadata's; null if there is none. */
export function textOf(body: unknown, field: string): string | null {
  const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[field] : null;
  return typeof value === "string" ? value : null;
}
