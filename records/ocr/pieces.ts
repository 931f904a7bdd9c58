import { cropped, type GreyImage, shrunk } from "./grey-image.js";

/** A part of an image, or all of it smaller: its pixel (x, y) is the image's (`left + x × factor`, `top + y × factor`). */
export interface Piece { readonly image: GreyImage; readonly left: number; readonly top: number; readonly factor: number }

/** Side of what is read at once, in pixels of what the reader sees: its time grows with the square of the specks, its memory with the pixels. */
const side = 1_024;
/** How far neighbours reach into each other: letters up to this height are whole in one of them, higher ones are seen in the whole. */
const overlap = 128;

/** @returns where pieces of a side begin, evenly spread, and how long they are. */
function spread(length: number, most: number, shared: number): { readonly starts: readonly number[]; readonly size: number } {
  if (length <= most) return { starts: [0], size: length };
  const count = Math.ceil((length - shared) / (most - shared));
  return { starts: Array.from({ length: count }, (_, at) => Math.floor((at * (length - most)) / (count - 1))), size: most };
}

/**
 * Cuts an image into what is read at once. A large one comes whole first, shrunk, in which a page of text is known soon, and large letters are found; then piece by piece.
 * @param scale - how many times larger the reader sees its sides.
 */
export function* pieces(image: GreyImage, scale: number): Generator<Piece> {
  const { width, height } = image;
  const most = (side / scale) ** 2;
  if (width * height <= most) { yield { image, left: 0, top: 0, factor: 1 }; return; }
  yield { ...shrunk(image, most), left: 0, top: 0 };
  const across = spread(width, side / scale, overlap / scale);
  const down = spread(height, side / scale, overlap / scale);
  for (const top of down.starts) for (const left of across.starts) yield { image: cropped(image, left, top, across.size, down.size), left, top, factor: 1 };
}
