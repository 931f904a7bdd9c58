import { brightLevel, darkLevel, greyConfidence, greyLetters, lineMargin, minLetters } from "../formats/image/rules.js";
import { blackWhite, doubled, type GreyImage, smoothed, turned } from "./grey-image.js";
import { pieces } from "./pieces.js";
import type { TextReader, Word } from "./text-reader.js";

/** A stripe of an image: rows if text runs across it, columns if it runs up or down. Ends are not in it. */
export interface Stripe { readonly across: boolean; readonly from: number; readonly to: number }

/** @returns whether half of the pixels are darker than the middle grey. */
const isDark = ({ data }: GreyImage): boolean => data.reduce((dark, grey) => dark + (grey < 128 ? 1 : 0), 0) * 2 > data.length;

/** No letter fits into a side of fewer pixels, and the reader fails on them. */
const smallest = 8;

/** Above this many pixels, an image's letters are large enough as they are. */
const largeEnough = 2_000_000;

const letters = (text: string): number => text.replace(/[^\p{L}\p{N}]/gu, "").length;

/** @returns the share (0 to 1) of an image that stripes cover. */
function covered({ width, height }: GreyImage, stripes: readonly Stripe[]): number {
  const rows = new Uint8Array(height);
  const columns = new Uint8Array(width);
  for (const { across, from, to } of stripes) (across ? rows : columns).fill(1, from, to);
  const bare = (lines: Uint8Array): number => lines.reduce((count, line) => count + 1 - line, 0) / lines.length;
  return 1 - bare(rows) * bare(columns);
}

/**
 * Finds the lines of text in an image, upright and turned by each quarter. It is read in greys, and cut to black and white, bright letters on a dark image
 * and dark ones on a bright one, which separates burned-in text from tissue: there, whatever looks like two letters counts.
 * @param enough - share (0 to 1) of the image beyond which it need not be known what more is text: the search ends there.
 */
export async function findLines(image: GreyImage, reader: Pick<TextReader, "read">, enough: number): Promise<Stripe[]> {
  if (Math.min(image.width, image.height) < smallest) return [];
  const scale = image.width * image.height > largeEnough ? 1 : 2;
  const ink = isDark(image) ? (grey: number): boolean => grey >= brightLevel : (grey: number): boolean => grey <= darkLevel;
  const readings = [
    async (view: GreyImage, noisy: boolean): Promise<Word[]> => (await reader.read(noisy ? smoothed(view) : view)).filter(({ text, confidence }) => letters(text) >= greyLetters && confidence >= greyConfidence),
    async (view: GreyImage): Promise<Word[]> => (await reader.read(blackWhite(view, ink))).filter(({ text }) => letters(text) >= minLetters),
  ];
  const stripes: Stripe[] = [];
  for (const { image: piece, left, top: above, factor } of pieces(image, scale)) {
    let view = scale === 1 ? piece : doubled(piece);
    // Neither doubling nor shrinking has smoothed it: the reader would take each speck of a scan's grain for a letter.
    const noisy = scale === 1 && factor === 1;
    /** What a side of one pixel of the view is in pixels of the image. */
    const unit = factor / scale;
    for (let turns = 0; turns < 4; turns += 1) {
      for (const read of readings) {
        const found = await read(view, noisy);
        for (const { top, bottom } of found) {
          const margin = Math.ceil((bottom - top) * lineMargin) + scale;
          const [from, to] = [Math.max(0, top - margin), Math.min(view.height, bottom + margin)];
          // Turned clockwise once, a column x of the image is the row x; twice, rows count from the other end.
          const [low, high] = turns === 0 || turns === 1 ? [from, to] : [view.height - to, view.height - from];
          const across = turns % 2 === 0;
          const begin = across ? above : left;
          stripes.push({ across, from: begin + Math.floor(low * unit), to: Math.min(across ? image.height : image.width, begin + Math.ceil(high * unit)) });
        }
        if (found.length > 0 && covered(image, stripes) > enough) return stripes;
      }
      if (turns < 3) view = turned(view);
    }
  }
  return stripes;
}
