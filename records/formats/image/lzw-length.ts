/**
 * How long a TIFF strip is once it is decompressed, without decompressing it: the decoder would neither stop at a limit nor mind codes that stand for nothing.
 * @returns its bytes; null if it is damaged, or longer than `cap`
 * @see TIFF 6.0 section 13: codes of 9 to 12 bits, most significant bit first, wider one code early
 */
export function lzwLength(strip: Uint8Array, cap: number): number | null {
  const [clear, end, first] = [256, 257, 258];
  const lengths = new Uint16Array(4_096).fill(1, 0, 256);
  let [next, width, before, total] = [first, 9, 0, 0];
  for (let bit = 0; bit + width <= strip.length * 8; ) {
    const at = bit >> 3;
    const window = ((strip[at] ?? 0) << 16) | ((strip[at + 1] ?? 0) << 8) | (strip[at + 2] ?? 0);
    const code = (window >> (24 - width - (bit & 7))) & ((1 << width) - 1);
    bit += width;
    if (code === end) return total;
    if (code === clear) {
      [next, width, before] = [first, 9, 0];
      continue;
    }
    if (code > next || (code === next && before === 0) || (before === 0 && code > 255)) return null;
    const length = code === next ? before + 1 : (lengths[code] ?? 0);
    total += length;
    if (length === 0 || total > cap) return null;
    if (before > 0) {
      // The table is cleared before entry 4,094 is read: the decoder would go on with 13 bits.
      if (next > 4_093) return null;
      lengths[next++] = before + 1;
      if (next === (1 << width) - 1 && width < 12) width += 1;
    }
    before = length;
  }
  return total;
}
