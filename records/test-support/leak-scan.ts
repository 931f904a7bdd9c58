const encoder = new TextEncoder();

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

/** @returns the ways in which `secret` stands in `output`: raw (any case), base64, hex or UTF-16. Empty if it does not. */
export function leaks(output: Uint8Array, secret: string): string[] {
  const raw = encoder.encode(secret);
  const found: string[] = [];
  const text = Buffer.from(output.buffer, output.byteOffset, output.length).toString("latin1").toLowerCase();
  if (text.includes(Buffer.from(raw).toString("latin1").toLowerCase())) found.push("raw");
  if (base64(raw).some((form) => includes(output, encoder.encode(form)))) found.push("base64");
  if (text.includes(hex(raw))) found.push("hex");
  for (const little of [true, false]) if (includes(output, utf16(secret, little))) found.push(little ? "utf-16le" : "utf-16be");
  return found;
}
