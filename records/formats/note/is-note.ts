/** Share of the characters that must be words: for a text to be taken for a note at all, and for one to be de-identified as a note. Between them lies what others' names may change. */
const takenFor = 0.35;
export const leastWords = 0.5;

/** @returns whether a text's beginning is one that people write: words, in characters that print. */
export function isNote(text: string, least = takenFor): boolean {
  // U+FFFD stands for what is no UTF-8.
  if (/(?![\t\n\f\r])\p{Cc}|\ufffd/u.test(text)) return false;
  const words = text.match(/\p{L}{2,}/gu) ?? [];
  const filled = text.replace(/\s/g, "").length;
  return words.length >= 3 && words.reduce((sum, { length }) => sum + length, 0) >= filled * least;
}
