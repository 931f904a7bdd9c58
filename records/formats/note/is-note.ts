/** Signs of which structured files are full, and sentences are not. */
const structural = /[|^~{}[\]"<>\\]/g;

/** @returns whether a text's beginning is one that people write: words, in characters that print. A structured file that is spoilt, such as HL7v2 without its header, is none: rules for sentences cannot clean it. */
export function isNote(text: string): boolean {
  // U+FFFD stands for what is no UTF-8.
  if (/(?![\t\n\f\r])\p{Cc}|\ufffd/u.test(text)) return false;
  const words = text.match(/\p{L}{2,}/gu) ?? [];
  const filled = text.replace(/\s/g, "").length;
  if ((text.match(structural)?.length ?? 0) > filled * 0.08) return false;
  return words.length >= 3 && words.reduce((sum, { length }) => sum + length, 0) >= filled * 0.35;
}
