import type { GreyImage } from "../../ocr/grey-image.js";

/** A decoded image without anything but its pixels: 1 (grey) or 3 (RGB) samples a pixel, of 8 or 16 bits. */
export interface Raster { readonly width: number; readonly height: number; readonly channels: 1 | 3; readonly depth: 8 | 16; readonly data: Uint8Array | Uint16Array }

/** @returns the image's brightness, by the weights of ITU-R BT.601. */
export function greyOf({ width, height, channels, depth, data }: Raster): GreyImage {
  const grey = new Uint8Array(width * height);
  const shift = depth - 8;
  for (let at = 0; at < grey.length; at += 1) {
    const value = (sample: number): number => (data[at * channels + sample] as number) >> shift;
    grey[at] = channels === 1 ? value(0) : (77 * value(0) + 150 * value(1) + 29 * value(2)) >> 8;
  }
  return { width, height, data: grey };
}
