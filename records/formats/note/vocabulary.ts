import { nameTable, wordTable } from "./generated/words.js";
import { abbreviations } from "./medical-words.js";
import { shortNames } from "./names.js";
import { hasMedicalEnding, isFormOf, isSlipOf } from "./word-forms.js";

/** Undoes the front-coding of `generated/words.ts`. */
function read(table: string): Set<string> {
  const words = new Set<string>();
  let last = "";
  for (const [, code = "A", rest = ""] of table.matchAll(/([A-Z])([^A-Z\n]*)/g)) words.add((last = last.slice(0, code.charCodeAt(0) - 65) + rest));
  return words;
}

let tables: { words: Set<string>; names: Set<string> } | undefined;
const load = (): { words: Set<string>; names: Set<string> } => (tables ??= { words: read(wordTable), names: read(nameTable) });

const short = new Set(abbreviations);
const people = new Set(shortNames);
/** What was asked already: a note's words come again and again. Dropped when full. */
const known = new Map<string, boolean>();
const knownSize = 50_000;
/** Letters of the longest word that is asked for. */
const longest = 45;

function judge(word: string): boolean {
  const { words, names } = load();
  if (isFormOf(words, word)) return true;
  if (/['’]/.test(word)) { const [stem = ""] = word.split(/['’]/); return /n['’]t$/.test(word) || isFormOf(words, stem); }
  if (word.includes("-")) return word.split("-").every((part) => part.length <= 1 || isWord(part) || short.has(part));
  return hasMedicalEnding(word) && !people.has(word) && !names.has(word);
}

/** @returns whether a word (lower case, also with hyphens) is one of English or medicine, so that it tells of nobody by itself. */
export function isWord(word: string): boolean {
  let is = known.get(word);
  if (word.length > longest) return false;
  if (is === undefined) {
    if (known.size >= knownSize) known.clear();
    known.set(word, (is = judge(word)));
  }
  return is;
}

/** @returns whether a word, or what looks like a slip of one, is a name as well. */
export const isWordName = (word: string): boolean => load().names.has(word) || people.has(word);

/** @returns whether letters (lower case) are an abbreviation of clinical notes. */
export const isAbbreviation = (letters: string): boolean => short.has(letters) || (letters.endsWith("s") && short.has(letters.slice(0, -1)));

/** @returns whether a word is a slip of the pen for one of English or medicine. Names are none. Asked of six letters and more. */
export const isSlip = (word: string): boolean => word.length <= longest && !isWordName(word) && isSlipOf(load().words, word);
