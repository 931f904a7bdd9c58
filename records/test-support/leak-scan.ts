import { inflateRawSync, unzipSync } from "./zlib-node.js";

const encoder = new TextEncoder();
/** Most bytes that a compressed stretch is inflated to, and how deep such stretches may lie in each other. */
const inflateLimits = { maxOutputLength: 2 ** 24, finishFlush: 2 };
const deepest = 3;

function utf16(text: string, little: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at += 1) view.setUint16(at * 2, text.charCodeAt(at), little);
  return bytes;
}

/** The part of base64 that does not depend on what stands around, for each of the three alignments. */
function base64(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((shift) => {
    const text = btoa(String.fromCharCode(...new Uint8Array(shift), ...bytes));
    return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
  });
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const includes = (haystack: Uint8Array, needle: Uint8Array): boolean => Buffer.from(haystack.buffer, haystack.byteOffset, haystack.length).includes(Buffer.from(needle));

/** A gzip stream is read from behind its plain header: what follows a stream would otherwise be taken for a second one. */
function inflated(bytes: Uint8Array, raw: boolean): Uint8Array | null {
  const gzip = !raw && bytes[0] === 0x1f && bytes[3] === 0;
  try { const out = raw || gzip ? inflateRawSync(gzip ? bytes.subarray(10) : bytes, inflateLimits) : unzipSync(bytes, inflateLimits); return out.length === 0 ? null : out; }
  catch { return null; }
}

/** What lies compressed in the bytes: gzip and zlib streams wherever they begin, all of it as raw deflate, and the same inside base64 and hex. */
function unpacked(bytes: Uint8Array, depth = 0): Uint8Array[] {
  if (depth === deepest) return [];
  const found: Uint8Array[] = [];
  const add = (piece: Uint8Array | null): void => { if (piece !== null) found.push(piece, ...unpacked(piece, depth + 1)); };
  add(inflated(bytes, true));
  for (let at = 0; at < bytes.length - 2; at += 1) {
    const [first = 0, second = 0] = [bytes[at], bytes[at + 1]];
    if ((first === 0x1f && second === 0x8b) || (first === 0x78 && ((first << 8) | second) % 31 === 0)) add(inflated(bytes.subarray(at), false));
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  for (const [run] of text.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)) {
    for (const decoded of [Buffer.from(run, "base64"), ...(/^(?:[0-9a-fA-F]{2})+$/.test(run) ? [Buffer.from(run, "hex")] : [])]) {
      if (decoded[0] === 0x1f || decoded[0] === 0x78) add(inflated(decoded, false));
      else add(inflated(decoded, true));
    }
  }
  return found;
}

/** What was found in an output, for it is asked for one secret after the other. */
const unpackedOf = new WeakMap<Uint8Array, Uint8Array[]>();

/** @returns the ways in which `secret` stands in `output`: raw (any case), base64, hex or UTF-16, also inside what is compressed (deflate, zlib, gzip). Empty if it does not. */
export function leaks(output: Uint8Array, secret: string): string[] {
  let pieces = unpackedOf.get(output);
  if (pieces === undefined) unpackedOf.set(output, (pieces = unpacked(output)));
  return [...plainLeaks(output, secret), ...new Set(pieces.flatMap((piece) => plainLeaks(piece, secret)).map((form) => `compressed ${form}`))];
}

function plainLeaks(output: Uint8Array, secret: string): string[] {
  const raw = encoder.encode(secret);
  const found: string[] = [];
  const text = Buffer.from(output.buffer, output.byteOffset, output.length).toString("latin1").toLowerCase();
  if (text.includes(Buffer.from(raw).toString("latin1").toLowerCase())) found.push("raw");
  if (base64(raw).some((form) => includes(output, encoder.encode(form)))) found.push("base64");
  if (text.includes(hex(raw))) found.push("hex");
  for (const little of [true, false]) if (includes(output, utf16(secret, little))) found.push(little ? "utf-16le" : "utf-16be");
  return found;
}
