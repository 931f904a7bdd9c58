import { base64nopad } from "@scure/base";
import type { Backend } from "../backend/backend.js";
import { concat, utf8 } from "../bytes.js";
import { malformed } from "./malformed.js";
import { bodyLineBytes, maxHeaderLength, versionLine } from "./parse-header.js";
import type { Stanza } from "./stanza.js";

function encodeStanza({ args, body }: Stanza): string {
  if (args.length === 0 || !args.every((arg) => /^[!-~]+$/.test(arg))) throw malformed("a stanza has an empty argument or one of other characters");
  let out = `-> ${args.join(" ")}\n`;
  // A body whose last line is full is closed by an empty line.
  for (let i = 0; i <= body.length; i += bodyLineBytes) out += `${base64nopad.encode(body.subarray(i, i + bodyLineBytes))}\n`;
  return out;
}

/** @returns the 32-byte MAC of a header. @param covered - the header up to and with `---`. */
export function headerMac(backend: Backend, fileKey: Uint8Array, covered: Uint8Array): Uint8Array {
  const key = backend.hkdfSha256(fileKey, new Uint8Array(0), utf8("header"), 32);
  return backend.hmacSha256(key).update(covered).digest();
}

/** @returns a whole age v1 header, from its version line to the newline after its MAC. Throws ENVELOPE_MALFORMED over 64 KiB. */
export function encodeHeader(backend: Backend, stanzas: readonly Stanza[], fileKey: Uint8Array): Uint8Array {
  if (stanzas.length === 0) throw malformed("the header has no recipient");
  const covered = utf8(`${versionLine}\n${stanzas.map(encodeStanza).join("")}---`);
  const header = concat(covered, utf8(` ${base64nopad.encode(headerMac(backend, fileKey, covered))}\n`));
  if (header.length > maxHeaderLength) throw malformed(`the header is longer than ${maxHeaderLength} bytes`);
  return header;
}
