import type { RecordFormat, RecordSource } from "../format.js";
import { isWord } from "../formats/note/vocabulary.js";
import { filesOf } from "./files.js";
import { dicomHeaderText, directIdentifiers, wordsOf } from "./identifiers.js";

/** What a second look at a de-identified record found. Counts alone: no value. */
export interface Residual {
  /** Words and numbers of people in the source that were looked for; null where the source is not there, or all is pixels. */
  lookedFor: number | null;
  /** Of these in the output. */
  found: number;
  /** What reads like an identifier of any kind, by pattern. */
  patterns: Readonly<Record<string, number>>;
}

/** Numbers of ranges that are nobody's are passed over: free text has them in the places of real ones (555-01XX: NANPA; 000-: SSA; example.invalid: RFC 2606). */
const patterns: Readonly<Record<string, RegExp>> = {
  "e-mail address": /[\p{L}\d._%+-]{2,64}@(?!example\.invalid\b)[\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{1,63})*\.\p{L}{2,}/gu,
  "phone number": /(?<![\d.-])(?:\+\d{1,3}[ -])?\(?\d{3}\)?[ -](?!555-01)\d{3}-\d{4}(?![\d-])/g,
  "social security number": /(?<![\d.-])(?!000)\d{3}-\d{2}-\d{4}(?![\d-])/g,
};
const numberLike = /\+?\(?\d[\d ()./-]{7,20}\d/g;
/** Text that is carried over to the next chunk, so that nothing is cut in two. */
const overlap = 256;

/**
 * Looks through the output of de-identification again, knowing its source but none of its rules: for the people's own identifiers, and for what has the form
 * of one. Forms in base64 or hexadecimal are not decoded; the rules let none pass.
 * @param source - null where only the output is there.
 */
export async function scanResidual(format: RecordFormat, output: RecordSource, source: RecordSource | null): Promise<Residual> {
  const identifiers = source === null ? null : await directIdentifiers(format, source);
  const counts: Record<string, number> = {};
  let found = 0;
  const look = (text: string, free = false): void => {
    for (const [name, pattern] of Object.entries(patterns)) {
      const hits = text.match(pattern)?.length ?? 0;
      if (hits > 0) counts[name] = (counts[name] ?? 0) + hits;
    }
    if (identifiers === null) return;
    // In free text a word of the language is nobody's name where no capital says so.
    const plain = (word: string): boolean => free && isWord(word.toLowerCase()) && (word === word.toLowerCase() || word === word.toUpperCase());
    if (free) { for (const [word] of text.normalize("NFC").matchAll(/[\p{L}\p{N}]+/gu)) if (identifiers.words.has(word.toLowerCase()) && !plain(word)) found += 1; }
    else for (const word of wordsOf(text)) if (identifiers.words.has(word)) found += 1;
    if (identifiers.numbers.size > 0) for (const [number] of text.matchAll(numberLike)) if (identifiers.numbers.has(number.replace(/\D/g, ""))) found += 1;
  };
  let readable = false;
  for await (const file of filesOf(format, output)) {
    if (file.format === "IMAGE") continue;
    readable = true;
    if (file.format === "DICOM") look(await dicomHeaderText(file.source));
    else await lookThrough(file.source, (text) => { look(text, file.format === "NOTE"); });
  }
  return { lookedFor: identifiers === null || !readable ? null : identifiers.words.size + identifiers.numbers.size, found, patterns: counts };
}

async function lookThrough(source: RecordSource, look: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const chunk of source()) {
    const text = held + decoder.decode(chunk, { stream: true });
    // Cut where a line ends, else before the overlap.
    const cut = text.length <= overlap ? 0 : Math.max(text.lastIndexOf("\n") + 1, text.lastIndexOf('"') + 1, text.length - overlap);
    look(text.slice(0, cut));
    held = text.slice(cut);
  }
  look(held + decoder.decode());
}
