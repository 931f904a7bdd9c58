import type { Pseudonymizer } from "../../pseudonym.js";
import type { Action, ReportBuilder } from "../../report.js";
import { findDates } from "./find-dates.js";
import { findNames } from "./find-names.js";
import { findNumbers, recordNumber } from "./find-numbers.js";
import { findPlaces } from "./find-places.js";
import type { KnownPeople } from "./people.js";
import { type Kind, settle, type Span } from "./span.js";
import { Surrogates } from "./surrogates.js";
import { tokensOf } from "./tokens.js";

export interface NoteContext {
  readonly pseudonyms: Pseudonymizer;
  /** Told what was done, by rule and count (`note.*`). `records` is the caller's to raise. */
  readonly report: ReportBuilder;
  readonly people: KnownPeople;
  /** The day on which ages over 89 are told. */
  readonly referenceDate: Date;
}

const actions: Readonly<Partial<Record<Kind, Action>>> = { date: "shifted", age: "generalised", postcode: "generalised" };

/** @returns what in a text tells of people, in order and without overlaps, before anything is replaced. */
export function findInNote(text: string, people: KnownPeople, dates: { readonly days: number; readonly referenceDate: Date }): Span[] {
  const tokens = tokensOf(text);
  const numbers = findNumbers(text);
  const places = findPlaces(text, tokens);
  const net = numbers.filter(({ kind }) => kind === "email" || kind === "url" || kind === "ip");
  const labelled = numbers.filter(({ kind }) => kind !== "email" && kind !== "url" && kind !== "ip" && kind !== "age");
  const ages = numbers.filter(({ kind }) => kind === "age");
  return settle([...net, ...findDates(text, dates), ...labelled, ...ages, ...places.filter(({ kind }) => kind === "street" || kind === "postcode"), ...places.filter(({ kind }) => kind === "organisation"), ...findNames(text, tokens, people), ...places.filter(({ kind }) => kind === "town")], text);
}

/**
 * De-identifies one free text: a note, or the text of a document's pages put together, so that what one page tells is known on the others.
 * What is found is replaced by something of its kind, the same for the same words over the whole job; dates move by the patient's days.
 */
export function deidentifyNote(text: string, { pseudonyms, report, people, referenceDate }: NoteContext): string {
  const plain = text.normalize("NFC");
  const number = recordNumber(plain);
  const own = number === null ? null : people.byId(number);
  // Whose note it is, is asked of its number, then of its names; else the number itself moves the dates, or the note stands alone.
  const names = own === null ? findInNote(plain, people, { days: -1, referenceDate }).filter(({ kind }) => kind === "name").map(({ start, end }) => plain.slice(start, end).toLowerCase()) : [];
  const person = own ?? people.byNames(names);
  const key = person?.key ?? number ?? `note\n${names.slice(0, 2).join(" ")}`;
  if (person !== null || number !== null) report.patient(pseudonyms.hex("id", key));
  const spans = findInNote(plain, people, { days: pseudonyms.dayShift(key), referenceDate });
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
