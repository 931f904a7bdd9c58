import { medicalEndings } from "./medical-words.js";

const ending = new RegExp(`(?:${medicalEndings.join("|")})s?$`);
const beginning = /^(?:non|un|pre|post|re|sub|inter|intra|peri|hyper|hypo|anti|micro|macro|multi|semi|trans|retro|para|poly|over|out|self|neuro|cardio|broncho|naso|oro|cranio|cervico|thoraco|lumbo|ilio|antero|postero|infero|supero|medio|latero|endo|epi|ultra|extra|immuno|radio|electro|chemo)(.{4,})$/;
const derived = [["ed", ""], ["ed", "e"], ["ing", ""], ["ing", "e"], ["ly", ""]] as const;

/** @returns whether a word (lower case) is one of these, or made of one: a plural, a participle, with a prefix. */
export function isFormOf(words: ReadonlySet<string>, word: string): boolean {
  if (words.has(word)) return true;
  if (word.endsWith("s") && (words.has(word.slice(0, -1)) || (word.endsWith("es") && words.has(word.slice(0, -2))))) return true;
  for (const [end, put] of derived) if (word.length > end.length + 4 && word.endsWith(end) && words.has(word.slice(0, -end.length) + put)) return true;
  const stem = beginning.exec(word)?.[1];
  return stem !== undefined && words.has(stem);
}

/** @returns whether a word ends as those of medicine and the names of drugs do. */
export const hasMedicalEnding = (word: string): boolean => word.length >= 7 && ending.test(word);

const letters = "abcdefghijklmnopqrstuvwxyz";

/** @returns whether one letter too many, too few, wrong or swapped makes one of the words of this: a slip of the pen. */
export function isSlipOf(words: ReadonlySet<string>, word: string): boolean {
  const is = (candidate: string): boolean => words.has(candidate) || (candidate.endsWith("s") && words.has(candidate.slice(0, -1)));
  for (let at = 0; at <= word.length; at += 1) {
    const [head, tail] = [word.slice(0, at), word.slice(at)];
    if (tail.length > 0 && is(head + tail.slice(1))) return true;
    if (tail.length > 1 && is(head + tail.charAt(1) + tail.charAt(0) + tail.slice(2))) return true;
    for (const letter of letters) if (is(head + letter + tail) || (tail.length > 0 && is(head + letter + tail.slice(1)))) return true;
  }
  return false;
}
