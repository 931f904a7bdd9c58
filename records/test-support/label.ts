/** Width and height of `label`, in pixels. */
export const labelSize = { width: 200, height: 20 } as const;

/** "CANARY^JANE 48151623", as a scanner burns it in: Liberation Sans of 16 pixels, one bit a pixel, row by row. */
const bits = atob("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAfgMHBgwP8wMcHg4MGf8AMPg4fwwPh8fAAP8HhwYeD/mGPA4ODhn/AHHceH48H8/H4AHBh4eGHgwZxjYGHg4ZgABxjNhgPBicbDABgA2GxhsMGMxmBhsLGYAA0YwYYAwQAGAwAYAMxsYzDBhsYgYbCxmAAJHMGGAMP4BgYAGADMZmMww4eEMGMYmZ/wGQ+Bh+DD/Aw8ABgBjGZjGP8DAABjGJ2f4DEdwYfww4wYHgAYAf5jZ/jOAwAAZ/iNmAAxGGGAMMMMMAMAGBmGY+YYxgMABGYch5gAf9hhgDDDjGDDABwbA2HsDMMDAAxmDIeYAAOYYYQwwYzAwwAP8wNg7AzDgwAH7AyDn/ABHcfn8/n8/P4AB+cDYOwMwYMAB8wGg5/4AQ+P4+P4+f5+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");

/** @returns whether a pixel of the label is ink. */
export const isInk = (x: number, y: number): boolean => {
  const at = y * labelSize.width + x;
  return ((bits.charCodeAt(at >> 3) >> (7 - (at & 7))) & 1) === 1;
};

/** Grey texture that looks like tissue, the same each time: 20 to 140. */
export function texture(width: number, height: number): Uint8Array {
  let seed = 12_345;
  return Uint8Array.from({ length: width * height }, (_, at) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.round(80 + 40 * Math.sin((at % width) / 40) * Math.cos(Math.floor(at / width) / 30) + (seed % 25) - 12);
  });
}

/** Burns the label in, in place. */
export function burnIn(data: Uint8Array | Uint16Array, width: number, left: number, top: number, value: number): void {
  for (let y = 0; y < labelSize.height; y += 1) for (let x = 0; x < labelSize.width; x += 1) if (isInk(x, y)) data[(top + y) * width + left + x] = value;
}
