import { concat } from "../../bytes.js";
import { byteLines } from "../../lines.js";
import { invalid } from "../../refuse.js";
import { inTable } from "../../terminology/code-systems.js";

/** The five delimiters that a header segment declares. */
export interface Delimiters { readonly field: string; readonly component: string; readonly repeat: string; readonly escape: string; readonly sub: string }

export interface Segment {
  readonly name: string;
  /** `fields[n]` is field n; of a header segment, 1 is the separator and 2 the encoding characters. */
  readonly fields: string[];
  readonly line: number;
}

/** A message, or one envelope segment of a batch on its own. */
export interface Message { readonly envelope: boolean; readonly segments: Segment[]; readonly delimiters: Delimiters }

/** Most bytes of one message: it is held whole, because its patient is told only inside. */
export const maxMessageBytes = 16 * 2 ** 20;

const headers = new Set(["MSH", "FHS", "BHS"]);
const envelopes = new Set(["FHS", "BHS", "BTS", "FTS"]);

function readDelimiters(text: string, line: number): Delimiters {
  const field = text.charAt(3);
  const encoding = text.slice(4).split(field)[0] ?? "";
  const chars = [field, ...encoding];
  if (encoding.length < 1 || encoding.length > 5 || chars.some((c) => /[A-Za-z0-9\u0080-\uffff]/.test(c)) || new Set(chars).size !== chars.length) throw invalid("HL7V2", "the delimiters of the header segment are malformed", { line });
  // A delimiter that is not declared gets a character that no text holds.
  const [component = "\u0001", repeat = "\u0002", escape = "\u0003", sub = "\u0004"] = encoding;
  return { field, component, repeat, escape, sub };
}

/** UTF-8, or Latin 1 where MSH-18 says so or nothing and the bytes are no UTF-8. */
function decode(bytes: Uint8Array, charset: string): string | null {
  try { return new TextDecoder("utf-8", { fatal: true }).decode(bytes); }
  catch {
    return charset === "" || /8859[/-]1\b|LATIN|1252/i.test(charset) ? new TextDecoder("windows-1252").decode(bytes) : null;
  }
}

const latin = new TextDecoder("windows-1252");

/** Cuts ER7 text (one message, several, or a batch; MLLP frames are taken off) into messages. Throws FORMAT_INVALID. */
export async function* readMessages(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Message> {
  let held: { bytes: Uint8Array; line: number }[] = [];
  let size = 0;
  let started = false;
  let delimiters: Delimiters | null = null;
  const open: string[] = [];
  let inBatch = 0;
  let batches = 0;
  let lastLine = 1;

  const message = (): Message | null => {
    const first = held[0];
    if (first === undefined) return null;
    const header = latin.decode(first.bytes);
    const marks = readDelimiters(header, first.line);
    delimiters = marks;
    const charset = header.split(marks.field)[17] ?? "";
    const whole = concat(held.map(({ bytes }) => bytes));
    if (decode(whole, charset) === null) throw invalid("HL7V2", "the text is not in the character set that MSH-18 names", { line: first.line });
    const segments = held.map(({ bytes, line }) => parse(decode(bytes, charset) ?? latin.decode(bytes), marks, line));
    // What the rules would remove here is refused: without type and version, what is written would be no message.
    const told = (field: number): string => segments[0]?.fields[field]?.split(marks.repeat)[0]?.split(marks.component)[0]?.trim() ?? "";
    if (!inTable("0076", told(9))) throw invalid("HL7V2", "MSH-9 (message type) is missing or not of table 0076", { line: first.line });
    if (!/^2(?:\.\d){1,2}$/.test(told(12))) throw invalid("HL7V2", "MSH-12 (version) is missing or not 2.x", { line: first.line });
    held = [];
    size = 0;
    return { envelope: false, segments, delimiters: marks };
  };

  const tooLong = (line: number): Error => invalid("HL7V2", `a segment is longer than ${maxMessageBytes} bytes`, { line });
  for await (const { bytes: raw, line } of byteLines(chunks, { cr: true, cap: maxMessageBytes, tooLong })) {
    lastLine = line;
    let bytes = raw;
    while (bytes.length > 0 && (bytes[0] === 0x0b || bytes[0] === 0x1c || (!started && (bytes[0] === 0xef || bytes[0] === 0xbb || bytes[0] === 0xbf)))) bytes = bytes.subarray(1);
    while (bytes.length > 0 && (bytes[bytes.length - 1] === 0x1c || bytes[bytes.length - 1] === 0x1a)) bytes = bytes.subarray(0, -1);
    if (bytes.every((byte) => byte === 32 || byte === 9)) continue;
    const name = latin.decode(bytes.subarray(0, 3));
    if (!/^[A-Z][A-Z0-9]{2}$/.test(name)) throw invalid("HL7V2", "a line does not begin with the name of a segment", { line });
    if (!started && !headers.has(name)) throw invalid("HL7V2", "the file does not begin with MSH, FHS or BHS", { line });
    started = true;
    if (name === "MSH" || envelopes.has(name)) {
      const done = message();
      if (done !== null) { inBatch += 1; yield done; }
    }
    if (envelopes.has(name)) {
      const text = latin.decode(bytes);
      if (headers.has(name)) delimiters = readDelimiters(text, line);
      if (delimiters === null) throw invalid("HL7V2", "a trailer without its header", { line });
      const segment = parse(text, delimiters, line);
      if (name === "FHS" || name === "BHS") { open.push(name); if (name === "BHS") { inBatch = 0; batches += 1; } }
      else {
        if (open.pop() !== (name === "BTS" ? "BHS" : "FHS")) throw invalid("HL7V2", "batch headers and trailers do not match", { line });
        const said = Number.parseInt(segment.fields[1] ?? "", 10);
        if (Number.isFinite(said) && said !== (name === "BTS" ? inBatch : batches)) throw invalid("HL7V2", "the count in the batch trailer is not that of the batch", { line });
      }
      yield { envelope: true, segments: [segment], delimiters };
      continue;
    }
    if (name !== "MSH" && held.length === 0) throw invalid("HL7V2", "a segment stands outside a message", { line });
    size += bytes.length;
    if (size > maxMessageBytes) throw invalid("HL7V2", `a message is longer than ${maxMessageBytes} bytes`, { line });
    // Copied: the chunk that it is a view of may be reused by the reader.
    held.push({ bytes: bytes.slice(), line });
  }
  const last = message();
  if (last !== null) yield last;
  if (open.length > 0) throw invalid("HL7V2", "the batch ends before its trailer", { line: lastLine });
  if (!started) throw invalid("HL7V2", "the file holds no segment", { position: 0 });
}

function parse(text: string, delimiters: Delimiters, line: number): Segment {
  const name = text.slice(0, 3);
  if (text.length > 3 && text.charAt(3) !== delimiters.field) throw invalid("HL7V2", "a segment name is not followed by the field separator", { line });
  const parts = text.split(delimiters.field);
  return { name, line, fields: headers.has(name) ? [name, delimiters.field, ...parts.slice(1)] : parts };
}
