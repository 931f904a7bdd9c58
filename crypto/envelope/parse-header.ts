import { base64nopad } from "@scure/base";
import { malformed } from "./malformed.js";
import type { Stanza } from "./stanza.js";

/** Longest header that we read or write, in bytes: 38 post-quantum recipients. */
export const maxHeaderLength = 65536;

export const versionLine = "age-encryption.org/v1";

/** Bytes of a stanza's body a full line carries (64 characters). */
export const bodyLineBytes = 48;

export interface ParsedHeader {
  readonly stanzas: readonly Stanza[];
  /** 32 bytes. */
  readonly mac: Uint8Array;
  /** What the MAC covers: all up to and with `---`. */
  readonly covered: Uint8Array;
  /** Bytes of the whole header, its last newline included. */
  readonly length: number;
}

/**
 * Reads an age v1 header from the start of `bytes`, which may go on with a payload.
 * @returns null where the header is not at its end yet (more bytes are needed).
 * Throws ENVELOPE_MALFORMED for anything that the format does not allow.
 * @see https://age-encryption.org/v1 §header; docs/envelope.md
 */
export function parseHeader(bytes: Uint8Array): ParsedHeader | null {
  const lines = new Lines(bytes.subarray(0, maxHeaderLength), bytes.length >= maxHeaderLength);
  let line = lines.next();
  if (line === null) return null;
  if (line !== versionLine) throw malformed("the version line is not age-encryption.org/v1");
  const stanzas: Stanza[] = [];
  for (;;) {
    const start = lines.offset;
    line = lines.next();
    if (line === null) return null;
    if (line.startsWith("---")) {
      if (stanzas.length === 0) throw malformed("the header has no recipient");
      return { stanzas, mac: parseMac(line), covered: bytes.slice(0, start + 3), length: lines.offset };
    }
    const stanza = parseStanza(line, lines);
    if (stanza === null) return null;
    stanzas.push(stanza);
  }
}

function parseMac(line: string): Uint8Array {
  const mac = line.startsWith("--- ") ? decode(line.slice(4)) : null;
  if (mac?.length !== 32) throw malformed("the MAC line is not --- and 32 bytes in base64");
  return mac;
}

function parseStanza(first: string, lines: Lines): Stanza | null {
  const [arrow, ...args] = first.split(" ");
  if (arrow !== "->" || args.length === 0) throw malformed("a stanza does not begin with ->");
  if (!args.every((arg) => /^[!-~]+$/.test(arg))) throw malformed("a stanza has an empty argument or one of other characters");
  const body: number[] = [];
  for (;;) {
    const line = lines.next();
    if (line === null) return null;
    const part = decode(line);
    if (part === null || part.length > bodyLineBytes) throw malformed("a stanza's body is not canonical base64 in lines of 64");
    body.push(...part);
    if (part.length < bodyLineBytes) return { args, body: Uint8Array.from(body) };
  }
}

/** @returns null for padding, other characters, or bits left over that are not zero. */
function decode(text: string): Uint8Array | null {
  try {
    return base64nopad.decode(text);
  } catch {
    return null;
  }
}

/** Lines that end in a line feed alone. */
class Lines {
  offset = 0;
  constructor(
    private readonly bytes: Uint8Array,
    private readonly full: boolean,
  ) {}

  /** @returns the next line without its end, or null where it is not there yet. */
  next(): string | null {
    const end = this.bytes.indexOf(10, this.offset);
    if (end < 0) {
      if (this.full) throw malformed(`the header is longer than ${maxHeaderLength} bytes`);
      return null;
    }
    let line = "";
    for (let i = this.offset; i < end; i++) {
      const byte = this.bytes[i] ?? 0;
      if (byte < 32 || byte > 126) throw malformed("the header has a byte that is not printable ASCII");
      line += String.fromCharCode(byte);
    }
    this.offset = end + 1;
    return line;
  }
}
