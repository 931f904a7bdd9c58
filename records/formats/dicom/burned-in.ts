import { findLines, type Stripe } from "../../ocr/find-lines.js";
import type { GreyImage } from "../../ocr/grey-image.js";
import type { TextReader } from "../../ocr/text-reader.js";
import { refused } from "../../refuse.js";
import { blank } from "../image/blank.js";
import { maxBlanked, maxPixels } from "../image/rules.js";
import type { ImageShape } from "./pixels.js";
import { maxReadFrames, readablePhotometrics } from "./rules.js";

/** How the samples of uncompressed pixels lie. */
export interface PixelLayout extends ImageShape {
  /** All samples of one colour together, rather than all colours of one pixel. */
  readonly planar: boolean;
  readonly signed: boolean;
  readonly bigEndian: boolean;
}

/** @returns whether text can be looked for in uncompressed pixels of this shape. */
export const canBeRead = ({ rows, columns, frames, samples, bitsAllocated, photometric }: ImageShape): boolean =>
  readablePhotometrics.includes(photometric) && samples === (photometric === "RGB" ? 3 : 1) && (bitsAllocated === 8 || bitsAllocated === 16) && frames <= maxReadFrames && rows * columns * frames <= maxPixels;

/** @returns what gives the brightness of a frame's pixel; of a colour its strongest sample, for letters may be green. */
function brightness(pixels: Uint8Array, { rows, columns, samples, bitsAllocated, planar, signed, bigEndian }: PixelLayout, frame: number): (at: number) => number {
  const bytes = bitsAllocated / 8;
  const size = rows * columns;
  const view = new DataView(pixels.buffer, pixels.byteOffset + frame * size * samples * bytes, size * samples * bytes);
  const sample = (at: number): number => (bytes === 1 ? view.getUint8(at) : signed ? view.getInt16(at * 2, !bigEndian) : view.getUint16(at * 2, !bigEndian));
  if (samples === 1) return sample;
  return planar ? (at) => Math.max(sample(at), sample(size + at), sample(2 * size + at)) : (at) => Math.max(sample(at * 3), sample(at * 3 + 1), sample(at * 3 + 2));
}

/** The brightness that is shown as 0, and the one that is shown as 255. */
interface Range { readonly low: number; readonly high: number }

/** Share of the pixels that must have the very greatest value for it to be letters' rather than the brightest speck of tissue. */
const leastSpike = 0.0005;
/** Without such letters the greatest value is shown as this, under `brightLevel`. */
const noSpikeLevel = 180;

/** @returns the range of 16-bit pixels, whose values say nothing by themselves; of 8-bit ones all there is. */
function rangeOf(pixels: Uint8Array, layout: PixelLayout): Range {
  if (layout.bitsAllocated === 8) return { low: 0, high: 255 };
  let [low, high, spike] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  const size = layout.rows * layout.columns;
  for (let frame = 0; frame < layout.frames; frame += 1) {
    const value = brightness(pixels, layout, frame);
    for (let at = 0; at < size; at += 1) {
      const one = value(at);
      if (one < low) low = one;
      if (one > high) [high, spike] = [one, 0];
      if (one === high) spike += 1;
    }
  }
  return spike >= leastSpike * size * layout.frames ? { low, high } : { low, high: low + ((high - low) * 255) / noSpikeLevel };
}

/** @returns one frame as greys. */
function greyFrame(pixels: Uint8Array, layout: PixelLayout, frame: number, { low, high }: Range): GreyImage {
  const value = brightness(pixels, layout, frame);
  const scale = high > low ? 255 / (high - low) : 0;
  return { width: layout.columns, height: layout.rows, data: Uint8Array.from({ length: layout.rows * layout.columns }, (_, at) => Math.round((value(at) - low) * scale)) };
}

/** Blanks the same stripes in all frames, in place. @returns the share (0..1) that they cover. */
function blankFrames(pixels: Uint8Array, { rows, columns, frames, samples, bitsAllocated, planar }: PixelLayout, stripes: readonly Stripe[]): number {
  const bytes = bitsAllocated / 8;
  const channels = planar ? bytes : bytes * samples;
  const size = rows * columns * channels;
  let covered = 0;
  for (let plane = 0; plane < frames * (planar ? samples : 1); plane += 1) covered = blank({ width: columns, height: rows, channels, data: pixels.subarray(plane * size, (plane + 1) * size) }, stripes);
  return covered;
}

async function findInFrames(pixels: Uint8Array, layout: PixelLayout, range: Range, reader: Pick<TextReader, "read">, enough: number): Promise<Stripe[]> {
  const stripes: Stripe[] = [];
  for (let frame = 0; frame < layout.frames; frame += 1) stripes.push(...await findLines(greyFrame(pixels, layout, frame, range), reader, enough));
  return stripes;
}

/**
 * Blanks the lines of text in uncompressed pixels, in place; what is found in one frame is blanked in all.
 * @param expected - the header says that there is text.
 * @returns number of lines.
 * @throws AppError DEIDENTIFICATION_REFUSED if text remains, nothing would be left, or none was found where the header says that there is
 */
export async function blankBurnedIn(pixels: Uint8Array, layout: PixelLayout, reader: Pick<TextReader, "read">, expected: boolean): Promise<number> {
  // Blanking takes the brightest values away: the second reading must show the rest as the first did.
  const range = rangeOf(pixels, layout);
  const lines = await findInFrames(pixels, layout, range, reader, maxBlanked);
  if (lines.length === 0) {
    if (expected) throw refused("DICOM", "the header says that text is burned into the pixels, and none was found", { path: "(0028,0301)" });
    return 0;
  }
  if (blankFrames(pixels, layout, lines) > maxBlanked) throw refused("DICOM", "the image is a page of text, of which nothing would be left", { path: "(7FE0,0010)" });
  if ((await findInFrames(pixels, layout, range, reader, 0)).length > 0) throw refused("DICOM", "text can still be read in the pixels after lines of text were blanked", { path: "(7FE0,0010)" });
  return lines.length;
}
