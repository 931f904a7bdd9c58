/** How the files are packed together; a PDF holds pages. */
export type Container = "zip" | "tar" | "gzip" | "pdf";

/** @returns how the first bytes of a file say that it is packed, or null. */
export function containerOf(head: Uint8Array): Container | null {
  const begins = (...bytes: number[]): boolean => bytes.every((byte, at) => head[at] === byte);
  if (begins(0x50, 0x4b, 3, 4) || begins(0x50, 0x4b, 5, 6)) return "zip";
  if (begins(0x1f, 0x8b, 8)) return "gzip";
  if (begins(0x25, 0x50, 0x44, 0x46, 0x2d)) return "pdf";
  return head.length >= 512 && String.fromCharCode(...head.subarray(257, 262)) === "ustar" ? "tar" : null;
}
