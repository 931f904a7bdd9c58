import type { Stripe } from "../../ocr/find-lines.js";

interface Samples { readonly width: number; readonly height: number; readonly channels: number; readonly data: Uint8Array | Uint16Array }

/** Sets the stripes to zero, in place. @returns the share (0..1) of the image's pixels that they cover. */
export function blank({ width, height, channels, data }: Samples, stripes: readonly Stripe[]): number {
  const rows = new Uint8Array(height);
  const columns = new Uint8Array(width);
  for (const { across, from, to } of stripes) (across ? rows : columns).fill(1, from, to);
  let covered = 0;
  for (let y = 0; y < height; y += 1) {
    if (rows[y] === 1) { data.fill(0, y * width * channels, (y + 1) * width * channels); covered += width; continue; }
    for (let x = 0; x < width; x += 1) if (columns[x] === 1) { data.fill(0, (y * width + x) * channels, (y * width + x + 1) * channels); covered += 1; }
  }
  return covered / (width * height);
}
