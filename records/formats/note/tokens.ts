import { isAbbreviation, isWord } from "./vocabulary.js";

/** A word of letters, with what stands between it and the word before. */
export interface Token {
  readonly text: string;
  readonly lower: string;
  readonly start: number;
  readonly end: number;
  /** What lies between the word before and this one. */
  readonly gap: string;
  /** Begins with a capital. */
  readonly cap: boolean;
  /** Two or more letters, all of them capitals. */
  readonly upper: boolean;
  /** Whether capitals say nothing here: all letters of the line are capitals, or none of the text's. */
  readonly caseless: boolean;
  /** Begins a sentence, a line or a list's item, where words have a capital anyway. */
  readonly first: boolean;
  /** Of English, medicine or an abbreviation. */
  readonly known: boolean;
}

/** Degrees with their points are one word. */
const word = /(?<![\p{L}\d.])(?:M\.D|R\.N|D\.O|N\.P|P\.A|Ph\.D|M\.P\.H|D\.D\.S|D\.P\.M|L\.P\.N|C\.N\.M|F\.N\.P|B\.S\.N|M\.S\.N|M\.S\.W|M\.B\.B\.S|F\.A\.C\.[SPC]|Pharm\.D)\b\.?|(?<![\p{L}\p{M}\d])(?:[OoDdLl]['’])?\p{L}[\p{L}\p{M}]*(?:[-‐'’]\p{L}[\p{L}\p{M}]*)*(?![\p{L}\p{M}\d_]|-\d)/gu;

/** @returns the words, without possessive endings. Words with digits in them are none. */
export function tokensOf(text: string): Token[] {
  const found: Token[] = [];
  const allLower = (text.match(/(?<![\p{L}\d])(?!Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\p{Lu}\p{L}+/gu)?.length ?? 0) * 25 < (text.match(/(?<![\p{L}\d])\p{L}{2,}/gu)?.length ?? 0);
  let [lineEnd, caps, last] = [-1, false, 0];
  for (const { 0: whole, index } of text.matchAll(word)) {
    if (index > lineEnd) {
      const lineStart = text.lastIndexOf("\n", index) + 1;
      lineEnd = text.indexOf("\n", index);
      if (lineEnd < 0) lineEnd = text.length;
      const line = text.slice(lineStart, lineEnd);
      const [ups, downs] = [line.match(/\p{Lu}/gu)?.length ?? 0, line.match(/\p{Ll}/gu)?.length ?? 0];
      caps = ups >= 4 && downs * 6 <= ups;
    }
    const bare = whole.replace(/['’][sS]$/u, "");
    const degree = bare.includes(".");
    const gap = text.slice(Math.max(last, index - 200), index);
    const lower = (degree ? bare.replaceAll(".", "") : bare).toLowerCase().replaceAll("’", "'").replaceAll("‐", "-");
    const upper = bare.length > 1 && bare === bare.toUpperCase();
    found.push({
      text: bare, lower, start: index, end: index + bare.length, gap, upper, caseless: caps || allLower,
      cap: /^\p{Lu}/u.test(bare) || /^['’]?\p{Lu}/u.test(bare), first: found.length === 0 || /[.!?:;]\s*["'“(]?$|\n\s*(?:[-*•–#>]|\d+[.)])?\s*["'“([]?$|[-*•–]\s+$/u.test(gap.slice(-24)),
      known: isWord(lower) || ((upper || bare.length <= 5) && (isAbbreviation(lower) || isAbbreviation(lower.replaceAll("-", "")))),
    });
    last = index + bare.length;
  }
  return found;
}
