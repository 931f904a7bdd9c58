/** An image of one byte a pixel, row by row. */
export interface GreyImage { readonly width: number; readonly height: number; readonly data: Uint8Array }

/** Turns by a quarter, clockwise. */
export function turned({ width, height, data }: GreyImage): GreyImage {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) out[x * height + (height - 1 - y)] = data[y * width + x] as number;
  return { width: height, height: width, data: out };
}

/** Doubles both sides, between the pixels linearly: readers want letters of 20 pixels. */
export function doubled({ width, height, data }: GreyImage): GreyImage {
  const out = new Uint8Array(data.length * 4);
  const at = (x: number, y: number): number => data[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))] as number;
  for (let y = 0; y < height * 2; y += 1) {
    const nearY = y >> 1;
    const farY = nearY + (y % 2 === 0 ? -1 : 1);
    for (let x = 0; x < width * 2; x += 1) {
      const nearX = x >> 1;
      const farX = nearX + (x % 2 === 0 ? -1 : 1);
      out[y * width * 2 + x] = (9 * at(nearX, nearY) + 3 * at(farX, nearY) + 3 * at(nearX, farY) + at(farX, farY)) >> 4;
    }
  }
  return { width: width * 2, height: height * 2, data: out };
}

/** @returns black where `ink` says so, else white. */
export const blackWhite = (image: GreyImage, ink: (grey: number) => boolean): GreyImage => ({ ...image, data: image.data.map((grey) => (ink(grey) ? 0 : 255)) });
