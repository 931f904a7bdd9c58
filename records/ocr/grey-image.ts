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

/** Halves both sides, as often as it takes to have at most so many pixels; a pixel is the mean of those that it stands for. @returns also how many times smaller its sides are. */
export function shrunk(image: GreyImage, pixels: number): { readonly image: GreyImage; readonly factor: number } {
  let small = image;
  let factor = 1;
  for (; small.width * small.height > pixels; factor *= 2) {
    const { width, data } = small;
    const [across, down] = [width >> 1, small.height >> 1];
    const out = new Uint8Array(across * down);
    for (let y = 0; y < down; y += 1) for (let x = 0; x < across; x += 1) {
      const at = y * 2 * width + x * 2;
      out[y * across + x] = ((data[at] as number) + (data[at + 1] as number) + (data[at + width] as number) + (data[at + width + 1] as number)) >> 2;
    }
    small = { width: across, height: down, data: out };
  }
  return { image: small, factor };
}

/** Cuts a rectangle out, which must lie within. */
export function cropped({ width: across, data }: GreyImage, left: number, top: number, width: number, height: number): GreyImage {
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) { const from = (top + y) * across + left; out.set(data.subarray(from, from + width), y * width); }
  return { width, height, data: out };
}

/** Gives each pixel the mean of itself and its eight neighbours: single specks go, strokes of letters stay. */
export function smoothed({ width, height, data }: GreyImage): GreyImage {
  const sums = new Uint16Array(data.length);
  for (let y = 0; y < height; y += 1) for (let x = 0, at = y * width; x < width; x += 1, at += 1) {
    const here = data[at] as number;
    sums[at] = (x > 0 ? (data[at - 1] as number) : here) + here + (x < width - 1 ? (data[at + 1] as number) : here);
  }
  const out = new Uint8Array(data.length);
  for (let y = 0, at = 0; y < height; y += 1) for (let x = 0; x < width; x += 1, at += 1) {
    const here = sums[at] as number;
    out[at] = ((y > 0 ? (sums[at - width] as number) : here) + here + (y < height - 1 ? (sums[at + width] as number) : here)) / 9;
  }
  return { width, height, data: out };
}
