import { convertIndexedToRgb, decode as decodePng } from "fast-png";
import { decode as decodeJpeg } from "jpeg-js";
import { concat } from "../../bytes.js";
import { inflate } from "../../inflate.js";
import { invalid, refused } from "../../refuse.js";
import { decodeTiff, isTiff } from "./decode-tiff.js";
import type { Raster } from "./raster.js";
import { maxPixels, maxScans } from "./rules.js";

/** A PNG's size, and what of it the decoder is shown: head, palette, pixels and end, so that no compressed text or profile is ever inflated. */
interface PngParts { readonly width: number; readonly height: number; readonly bare: Uint8Array; readonly pixels: readonly Uint8Array[]; /** The most that the pixels can inflate to, with Adam7's further rows. */ readonly most: number }

function pngParts(bytes: Uint8Array): PngParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept = [bytes.subarray(0, 8)];
  const pixels: Uint8Array[] = [];
  let [width, height, most] = [0, 0, 0];
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) throw invalid("IMAGE", "the file ends early", { position: at });
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) throw invalid("IMAGE", "the file ends early", { position: at });
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at === 8) {
      if (type !== "IHDR" || length !== 13) throw invalid("IMAGE", "it does not begin with its size", { position: at });
      [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)];
      const bits = view.getUint8(at + 16) * ([1, 0, 3, 1, 2, 0, 4][view.getUint8(at + 17)] ?? 4);
      most = 2 * height * (Math.ceil((width * bits) / 8) + 1) + 65_536;
    }
    if (type === "acTL") throw refused("IMAGE", "it holds several pictures", { position: at });
    if (["IHDR", "PLTE", "IDAT", "IEND"].includes(type)) kept.push(bytes.subarray(at, at + 12 + length));
    if (type === "IDAT") pixels.push(bytes.subarray(at + 8, at + 8 + length));
    if (type === "IEND") return { width, height, bare: concat(kept), pixels, most };
    at += 12 + length;
  }
}

/** Inflates a PNG's pixels once, to throw them away: the decoder itself would not stop. */
async function checkInflated({ pixels, most }: PngParts): Promise<void> {
  async function* source(): AsyncGenerator<Uint8Array> { yield* pixels; }
  for await (const piece of inflate("deflate", source(), most, (reason) => invalid("IMAGE", reason, { position: 0 }))) void piece;
}

/** Size that a JPEG's first frame header tells. */
function jpegSize(bytes: Uint8Array): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) { at += 1; continue; }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  throw invalid("IMAGE", "no frame is found", { position: 0 });
}

/** @returns how often a JPEG goes over its pixels: a progressive one can do so for hours. */
function scansOf(bytes: Uint8Array): number {
  let scans = 0;
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) if (bytes[at + 1] === 0xda) scans += 1;
  return scans;
}

/** @returns grey and RGB samples without palette, transparency (under which text could hide) and packed bits. */
function rasterOf(png: ReturnType<typeof decodePng>): Raster {
  const { width, height, depth, palette } = png;
  if (palette !== undefined) return { width, height, channels: 3, depth: 8, data: opaque(convertIndexedToRgb(png), width * height, palette[0]?.length === 4 ? 4 : 3) };
  if (depth < 8) {
    const perRow = Math.ceil((width * depth) / 8);
    const data = new Uint8Array(width * height);
    const most = 2 ** depth - 1;
    for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
      const bit = x * depth;
      data[y * width + x] = Math.round(((((png.data[y * perRow + (bit >> 3)] as number) >> (8 - depth - (bit & 7))) & most) * 255) / most);
    }
    return { width, height, channels: 1, depth: 8, data };
  }
  const data = png.data instanceof Uint8ClampedArray ? new Uint8Array(png.data) : png.data;
  return { width, height, channels: png.channels < 3 ? 1 : 3, depth: depth === 16 ? 16 : 8, data: opaque(data, width * height, png.channels) };
}

/** @returns the samples without the alpha channel that two or four channels have. */
function opaque<T extends Uint8Array | Uint16Array>(data: T, pixels: number, channels: number): T {
  const kept = channels < 3 ? 1 : 3;
  if (kept === channels) return data;
  const out = data.slice(0, pixels * kept) as T;
  for (let at = 0; at < pixels; at += 1) for (let sample = 0; sample < kept; sample += 1) out[at * kept + sample] = data[at * channels + sample] as number;
  return out;
}

/** Decodes a PNG, JPEG or TIFF file to its pixels, and nothing else of it. Throws FORMAT_INVALID, DEIDENTIFICATION_REFUSED. */
export async function decodeImage(bytes: Uint8Array): Promise<Raster> {
  if (isTiff(bytes)) return decodeTiff(bytes);
  const png = bytes[0] === 0x89 ? pngParts(bytes) : null;
  const { width, height } = png ?? jpegSize(bytes);
  if (width === 0 || height === 0) throw invalid("IMAGE", "it has no size", { position: 0 });
  if (width * height > maxPixels) throw refused("IMAGE", `it has more than ${maxPixels} pixels`, { position: 0 });
  if (png !== null) await checkInflated(png);
  else if (scansOf(bytes) > maxScans) throw refused("IMAGE", `it has more than ${maxScans} scans`, { position: 0 });
  try {
    if (png !== null) return rasterOf(decodePng(png.bare, { checkCrc: true }));
    const { data } = decodeJpeg(bytes, { useTArray: true, formatAsRGBA: false, tolerantDecoding: false, maxResolutionInMP: maxPixels / 1e6, maxMemoryUsageInMB: 512 });
    return { width, height, channels: 3, depth: 8, data };
  } catch {
    throw invalid("IMAGE", "its pixels are damaged, end early, or are compressed in a way that Galen does not read", { position: 0 });
  }
}
