import type { Token } from "./tokens.js";

/** Share of the words that must be known, and so many words before it can be told. */
const leastShare = 0.55;
const leastWords = 25;

const english = new Set("the of and to in with was is for on at by from his her he she no not has had are were this that as be will".split(" "));
/** Little words of other languages (German, French, Spanish, Italian, Portuguese, Dutch, Polish, Scandinavian) that are none of English. */
const foreign = new Set("der das und ist mit von wurde nicht ein eine einen dem den bei auf für nach seit wegen auch les une dans pour avec est sur aux du au par qui pas el los las del con por una para sin que su se il che della nel gli dei di não uma com os dos em het een van niet werd en zijn met voor nie jest się na do przez och att som inte det og ikke til".split(" "));

/** @returns whether a text's words are English or medical enough for rules that know no other language. A few words alone are taken for it. */
export function isEnglish(tokens: readonly Token[]): boolean {
  const words = tokens.filter(({ text, caseless, cap, upper }) => text.length >= 2 && (caseless || (!cap && !upper)));
  const others = words.filter(({ lower }) => foreign.has(lower)).length;
  if (others >= 4 && others >= words.filter(({ lower }) => english.has(lower)).length) return false;
  return words.length < leastWords || words.filter(({ known }) => known).length >= words.length * leastShare;
}
