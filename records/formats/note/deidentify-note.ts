import type { Pseudonymizer } from "../../pseudonym.js";
import { refused } from "../../refuse.js";
import type { Action, ReportBuilder } from "../../report.js";
import { findDates } from "./find-dates.js";
import { findNames } from "./find-names.js";
import { findNumbers, recordNumber } from "./find-numbers.js";
import { findPlaces } from "./find-places.js";
import { isEnglish } from "./is-english.js";
import type { KnownPeople } from "./people.js";
import { type Kind, settle, type Span } from "./span.js";
import { Surrogates } from "./surrogates.js";
import { type Token, tokensOf } from "./tokens.js";

export interface NoteContext {
  readonly pseudonyms: Pseudonymizer;
  /** Told what was done, by rule and count (`note.*`). `records` is the caller's to raise. */
  readonly report: ReportBuilder;
  readonly people: KnownPeople;
  /** The day on which ages over 89 are told. */
  readonly referenceDate: Date;
}

const actions: Readonly<Partial<Record<Kind, Action>>> = { date: "shifted", age: "generalised", postcode: "generalised" };

type Dates = Parameters<typeof findDates>[1];

/** Looks through a text once; what it returns adds the dates, once it is known by how much they move. */
function look(text: string, tokens: readonly Token[], people: KnownPeople): { readonly names: readonly Span[]; readonly all: (dates: Dates) => Span[] } {
  const numbers = findNumbers(text);
  const places = findPlaces(text, tokens);
  const names = findNames(text, tokens, people);
  const of = (spans: readonly Span[], ...kinds: readonly Kind[]): Span[] => spans.filter(({ kind }) => kinds.includes(kind));
  // What is surer comes first.
  const all = (dates: Dates): Span[] => settle([
    ...of(numbers, "email", "url", "ip"), ...findDates(text, dates), ...of(numbers, "ssn", "id", "phone"), ...of(numbers, "age"),
    ...of(places, "street", "postcode"), ...of(places, "organisation"), ...names, ...of(places, "town"),
  ], text);
  return { names: of(names, "name"), all };
}

/** @returns what in a text tells of people, in order and without overlaps, before anything is replaced. */
export const findInNote = (text: string, people: KnownPeople, dates: Dates): Span[] => look(text, tokensOf(text), people).all(dates);

/**
 * De-identifies one free text: a note, or the text of a document's pages put together, so that what one page tells is known on the others.
 * What is found is replaced by something of its kind, the same for the same words over the whole job; dates move by the patient's days. Lines stay lines.
 * Throws DEIDENTIFICATION_REFUSED for a text that is not English.
 */
export function deidentifyNote(text: string, { pseudonyms, report, people, referenceDate }: NoteContext): string {
  const plain = text.normalize("NFC");
  const tokens = tokensOf(plain);
  if (!isEnglish(tokens)) throw refused("NOTE", "the text does not read as English, in which its identifiers could be found", { position: 0 });
  const { names, all } = look(plain, tokens, people);
  // Whose note it is, is asked of its number, then of its names; else the number itself moves the dates, or the note stands alone.
  const number = recordNumber(plain);
  const words = names.map(({ start, end }) => plain.slice(start, end).toLowerCase());
  const person = (number === null ? null : people.byId(number)) ?? people.byNames(words);
  const key = person?.key ?? number ?? `note\n${words.slice(0, 2).join(" ")}`;
  if (person !== null || number !== null) report.patient(pseudonyms.hex("id", key));
  const spans = all({ days: pseudonyms.dayShift(key), referenceDate });
  const found = new Set(spans.filter(({ kind }) => kind === "name" || kind === "unknown").map(({ start, end }) => plain.slice(start, end).toLowerCase()));
  const surrogates = new Surrogates(pseudonyms, (name) => found.has(name) || people.has(name));
  let [out, last] = ["", 0];
  for (const span of spans) {
    out += plain.slice(last, span.start) + surrogates.of(span, plain);
    last = span.end;
    report.count(`note.${span.kind}`, actions[span.kind] ?? "pseudonymised", "free text");
  }
  return out + plain.slice(last);
}
