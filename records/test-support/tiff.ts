import { deflateSync } from "./zlib-node.js";
import { concat } from "../bytes.js";

export interface TiffOptions {
  readonly width: number;
  readonly height: number;
  readonly bits?: 1 | 8 | 16;
  readonly samples?: number;
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette. */
  readonly photometric?: number;
  /** 1 none, 5 LZW, 8 deflate. */
  readonly compression?: number;
  readonly rows?: number;
  readonly little?: boolean;
  readonly predictor?: number;
  /** Further entries: tag and ASCII text. */
  readonly texts?: Readonly<Record<number, string>>;
  /** Entries that replace or add SHORT values. */
  readonly shorts?: Readonly<Record<number, readonly number[]>>;
  /** Where a further directory is. */
  readonly next?: number;
}

/** Writes a TIFF by the letter of TIFF 6.0. @param data - the rows as they lie in the file, uncompressed */
export function tiff(data: Uint8Array, { width, height, bits = 8, samples = 1, photometric = 1, compression = 1, rows = height, little = true, predictor = 1, texts = {}, shorts = {}, next = 0 }: TiffOptions): Uint8Array {
  const rowBytes = Math.ceil((width * samples * bits) / 8);
  const pack = (strip: Uint8Array): Uint8Array => (compression === 5 ? lzw(strip) : compression === 8 ? new Uint8Array(deflateSync(strip)) : strip);
  const strips = Array.from({ length: Math.ceil(height / rows) }, (_, index) => pack(data.subarray(index * rows * rowBytes, Math.min((index + 1) * rows, height) * rowBytes)));
  const blocks: Uint8Array[] = [new Uint8Array(8)];
  let at = 8;
  const put = (bytes: Uint8Array): number => {
    const start = at;
    blocks.push(bytes.length % 2 === 0 ? bytes : concat([bytes, new Uint8Array(1)]));
    at += bytes.length + (bytes.length % 2);
    return start;
  };
  const u = (length: 2 | 4, ...values: readonly number[]): Uint8Array => {
    const view = new DataView(new ArrayBuffer(values.length * length));
    for (const [index, value] of values.entries()) if (length === 2) view.setUint16(index * 2, value, little); else view.setUint32(index * 4, value, little);
    return new Uint8Array(view.buffer);
  };
  const offsets = strips.map(put);
  const longs: Record<number, readonly number[]> = { 256: [width], 257: [height], 273: offsets, 278: [rows], 279: strips.map(({ length }) => length) };
  const allShorts: Record<number, readonly number[]> = { 258: Array.from({ length: samples }, () => bits), 259: [compression], 262: [photometric], 277: [samples], ...(predictor === 1 ? {} : { 317: [predictor] }), ...shorts };
  const entries: [number, number, number, Uint8Array][] = [
    ...Object.entries(longs).map(([tag, values]): [number, number, number, Uint8Array] => [Number(tag), 4, values.length, u(4, ...values)]),
    ...Object.entries(allShorts).map(([tag, values]): [number, number, number, Uint8Array] => [Number(tag), 3, values.length, u(2, ...values)]),
    ...Object.entries(texts).map(([tag, text]): [number, number, number, Uint8Array] => [Number(tag), 2, text.length + 1, new TextEncoder().encode(`${text}\0`)]),
  ].sort(([a], [b]) => a - b);
  const written = entries.map(([tag, type, count, value]) => concat([u(2, tag, type), u(4, count), value.length <= 4 ? concat([value, new Uint8Array(4 - value.length)]) : u(4, put(value))]));
  const directory = put(concat([u(2, written.length), ...written, u(4, next)]));
  blocks[0] = concat([new TextEncoder().encode(little ? "II" : "MM"), u(2, 42), u(4, directory)]);
  return concat(blocks);
}

/** TIFF 6.0 section 13. */
function lzw(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let [held, bits, width, next] = [0, 0, 9, 258];
  let table = new Map<string, number>();
  const write = (code: number): void => {
    held = (held << width) | code;
    bits += width;
    while (bits >= 8) { out.push((held >> (bits - 8)) & 255); bits -= 8; }
    held &= (1 << bits) - 1;
  };
  const codeOf = (text: string): number => (text.length === 1 ? text.charCodeAt(0) : (table.get(text) ?? -1));
  write(256);
  let run = "";
  for (const byte of bytes) {
    const longer = run + String.fromCharCode(byte);
    if (codeOf(longer) >= 0) { run = longer; continue; }
    write(codeOf(run));
    table.set(longer, next++);
    run = String.fromCharCode(byte);
    if (next === 512 || next === 1_024 || next === 2_048) width += 1;
    if (next === 4_095) { write(256); table = new Map(); [width, next] = [9, 258]; }
  }
  if (run !== "") write(codeOf(run));
  // The decoder counts this code, too.
  next += 1;
  if (next === 512 || next === 1_024 || next === 2_048) width += 1;
  write(257);
  if (bits > 0) out.push((held << (8 - bits)) & 255);
  return Uint8Array.from(out);
}
