/** @returns whether a text's beginning is one that people write: words, in characters that print. */
export function isNote(text: string): boolean {
  // U+FFFD stands for what is no UTF-8.
  if (/(?![\t\n\f\r])\p{Cc}|\ufffd/u.test(text)) return false;
  const words = text.match(/\p{L}{2,}/gu) ?? [];
  const filled = text.replace(/\s/g, "").length;
  return words.length >= 3 && words.reduce((sum, { length }) => sum + length, 0) >= filled * 0.35;
}
