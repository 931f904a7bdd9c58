import { decode } from "tiff";
import { inflate } from "../../inflate.js";
import { invalid, refused } from "../../refuse.js";
import { lzwLength } from "./lzw-length.js";
import type { Raster } from "./raster.js";
import { maxPixels, maxStrips, tiffTags } from "./rules.js";

/** What of a TIFF's directory decides its pixels. */
interface Layout {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly depth: 1 | 8 | 16;
  readonly samples: number;
  readonly kind: "grey" | "RGB" | "palette";
  readonly compression: number;
  /** Rows of every strip but the last. */
  readonly rows: number;
  readonly strips: readonly Uint8Array[];
}

const damaged = (reason: string, position = 0): Error => invalid("IMAGE", reason, { position });
const unread = (reason: string): Error => refused("IMAGE", reason, { position: 0 });

/** @returns whether a file begins as TIFF, of either byte order. */
export const isTiff = (head: Uint8Array): boolean => (head[0] === 0x49 && head[1] === 0x49 && head[2] === 42 && head[3] === 0) || (head[0] === 0x4d && head[1] === 0x4d && head[2] === 0 && head[3] === 42);

/**
 * Decodes a TIFF of one picture. The decoder is shown a copy of the file in which only the tags that decide pixels are left, after all of them were held to the
 * file's bounds and to each other: it neither stops at limits nor says what it does not support. Throws FORMAT_INVALID, DEIDENTIFICATION_REFUSED.
 */
export async function decodeTiff(bytes: Uint8Array): Promise<Raster> {
  const bare = bytes.slice();
  const layout = readLayout(bare);
  const { width, height, depth, samples, kind, rows, strips } = layout;
  const rowBytes = Math.ceil((width * samples * depth) / 8);
  for (const [index, strip] of strips.entries()) {
    const needed = Math.min(rows, height - index * rows) * rowBytes;
    const length = await decompressedLength(strip, layout.compression, Math.min(rows, height) * rowBytes);
    if (length === null || length < needed) throw damaged("its pixels are damaged, end early, or are larger than the limit", strip.byteOffset);
  }
  try {
    const [image] = decode(bare, { pages: [0] });
    if (image === undefined || !(image.data instanceof Uint8Array || image.data instanceof Uint16Array)) throw new RangeError("no samples of 8 or 16 bits");
    const { data, palette } = image;
    if (kind === "palette") {
      if (palette === undefined) throw new RangeError("no palette");
      return { width, height, channels: 3, depth: 8, data: Uint8Array.from({ length: data.length * 3 }, (_, at) => (palette[data[Math.floor(at / 3)] ?? 0]?.[at % 3] ?? 0) >> 8) };
    }
    const channels = kind === "RGB" ? 3 : 1;
    const samplesOf = depth === 1 ? data.map((bit) => bit * 255) : data;
    return { width, height, channels, depth: depth === 16 ? 16 : 8, data: samples === channels ? samplesOf : samplesOf.filter((_, at) => at % samples < channels) };
  } catch {
    throw damaged("its pixels are damaged, or are written in a way that Galen does not read");
  }
}

/** Reads the first directory, and strikes every tag out of it that decides nothing. */
function readLayout(bytes: Uint8Array): Layout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = bytes[0] === 0x49;
  const within = (at: number, length: number): number => {
    if (at + length > bytes.length) throw damaged("the file ends early", Math.min(at, bytes.length));
    return at;
  };
  const u16 = (at: number): number => view.getUint16(within(at, 2), little);
  const u32 = (at: number): number => view.getUint32(within(at, 4), little);
  const directory = u32(4);
  const count = u16(directory);
  const end = within(directory + 2 + count * 12, 4);
  if (u32(end) !== 0) throw unread("it holds several pictures");
  const tags = new Map<number, number[]>();
  for (let at = directory + 2; at < end; at += 12) {
    const [tag, type, values] = [u16(at), u16(at + 2), u32(at + 4)];
    if (!(tiffTags as readonly number[]).includes(tag)) {
      view.setUint16(at, 0, little);
      view.setUint16(at + 2, 0, little);
      continue;
    }
    if (tags.has(tag) || (type !== 3 && type !== 4) || values === 0 || values > maxStrips) throw damaged("its directory is damaged", at);
    const size = type === 3 ? 2 : 4;
    const start = values * size <= 4 ? at + 8 : within(u32(at + 8), values * size);
    tags.set(tag, Array.from({ length: values }, (_, index) => (type === 3 ? u16 : u32)(start + index * size)));
  }
  const one = (tag: number, otherwise?: number): number => tags.get(tag)?.[0] ?? otherwise ?? missing();
  const missing = (): never => { throw damaged("its directory does not say how its pixels are written", directory); };
  if (tags.has(322)) throw unread("it is tiled");
  const [width, height, bits, samples, photometric, compression] = [one(256), one(257), tags.get(258) ?? [1], one(277, 1), one(262), one(259, 1)];
  if (width === 0 || height === 0) throw damaged("it has no size", directory);
  if (width * height > maxPixels) throw unread(`it has more than ${maxPixels} pixels`);
  const [depth = 1] = bits;
  const kind = photometric <= 1 ? "grey" : photometric === 2 ? "RGB" : photometric === 3 ? "palette" : null;
  const most = { grey: [1, 2], RGB: [3, 4], palette: [1] };
  const isRead = kind !== null && most[kind].includes(samples) && (depth === 8 || (kind !== "palette" && depth === 16) || (kind === "grey" && samples === 1 && depth === 1)) && bits.every((each) => each === depth)
    && [1, 5, 8, 32946].includes(compression) && one(284, 1) === 1 && one(266, 1) === 1 && one(339, 1) === 1 && (one(317, 1) === 1 || (one(317, 1) === 2 && depth !== 1));
  if (!isRead) throw unread("its pixels are written in a way that Galen does not read: strips of 1, 8 or 16 bits, grey, RGB or with a palette, as they are, by LZW or by deflate");
  const rows = Math.min(one(278, height), height);
  const [offsets, lengths] = [tags.get(273) ?? missing(), tags.get(279) ?? missing()];
  if (rows === 0 || offsets.length !== Math.ceil(height / rows) || lengths.length !== offsets.length) throw damaged("it has not as many strips as its size needs", directory);
  const strips = offsets.map((offset, index) => bytes.subarray(within(offset, lengths[index] ?? 0), offset + (lengths[index] ?? 0)));
  return { width, height, depth: depth as 1 | 8 | 16, samples, kind, compression, rows, strips };
}

/** @returns null if it is damaged, or longer than `cap`. */
async function decompressedLength(strip: Uint8Array, compression: number, cap: number): Promise<number | null> {
  if (compression === 1) return strip.length;
  if (compression === 5) return lzwLength(strip, cap);
  let length = 0;
  async function* source(): AsyncGenerator<Uint8Array> { yield strip; }
  try {
    for await (const piece of inflate("deflate", source(), cap, (reason) => damaged(reason))) length += piece.length;
  } catch {
    return null;
  }
  return length;
}
