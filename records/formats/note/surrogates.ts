import type { Pseudonymizer } from "../../pseudonym.js";
import { zip3 } from "../../terminology/places.js";
import { femaleNames, knownFemale, knownMale, maleNames, surnames, towns } from "./names.js";
import { organisationHeads } from "./rules.js";
import type { Span } from "./span.js";

const women = new Set([...knownFemale, ...femaleNames.map((name) => name.toLowerCase())]);
const men = new Set([...knownMale, ...maleNames.map((name) => name.toLowerCase())]);
const heads = new Set(organisationHeads);

/** Writes a word with the capitals that another has. */
const cased = (model: string, word: string): string => (model.length > 1 && model === model.toUpperCase() ? word.toUpperCase() : model === model.toLowerCase() ? word.toLowerCase() : word);

/**
 * Puts something of the same kind in a place, so that what was overlooked does not stand out (hiding in plain sight): the same for the same words in
 * every text of the job. Numbers that must not be anybody's are of the ranges set aside for that: phones 555-01XX (NANPA), SSNs that begin with 000 (SSA),
 * `example.invalid` (RFC 2606), 192.0.2.0/24 (RFC 5737).
 */
export class Surrogates {
  /** @param taken - whether somebody of the record set has this name (lower case), so that nobody else may get it. */
  constructor(private readonly pseudonyms: Pseudonymizer, private readonly taken: (name: string) => boolean) {}

  #number(domain: string, value: string): number { return Number.parseInt(this.pseudonyms.hex(domain, value, 12), 16); }

  #pick(list: readonly string[], domain: string, value: string): string {
    const from = this.#number(domain, value) % list.length;
    for (let step = 0; step < list.length; step += 1) {
      const found = list[(from + step) % list.length] ?? "";
      if (!this.taken(found.toLowerCase()) && found.toLowerCase() !== value) return found;
    }
    return "Doe";
  }

  /** Other digits and letters in the places of these. */
  #scramble(text: string, domain: string): string {
    const plain = text.toUpperCase().replace(/[^\p{L}\d]/gu, "");
    // Hashed once: a number may be as long as the note.
    const seed = this.pseudonyms.hex(domain, plain);
    for (let round = 0; ; round += 1) {
      let hex = "";
      for (let block = 0; hex.length < 2 * plain.length; block += 1) hex += this.pseudonyms.hex(domain, `${seed}|${round}|${block}`);
      let at = 0;
      const made = text.replace(/[\p{L}\d]/gu, (c) => {
        const value = Number.parseInt(hex.slice(at, (at += 2)), 16);
        if (/\d/.test(c)) return String(value % 10);
        const letter = String.fromCharCode(65 + (value % 26));
        return c === c.toUpperCase() ? letter : letter.toLowerCase();
      });
      if (made !== text || round > 8) return made;
    }
  }

  name(text: string): string {
    const lower = text.toLowerCase();
    if (text.length === 1) { const letter = String.fromCharCode(65 + (this.#number("note.initial", lower) % 26)); return cased(text === text.toLowerCase() ? "a" : "AA", letter === text.toUpperCase() ? String.fromCharCode(65 + ((letter.charCodeAt(0) - 64) % 26)) : letter); }
    if (/[./:]/.test(text)) return this.#scramble(text, "note.initials");
    return cased(text, this.#pick(women.has(lower) ? femaleNames : men.has(lower) ? maleNames : surnames, "note.name", lower));
  }

  phone(text: string): string {
    const digits = text.replace(/\D/g, "").length;
    const made = this.#scramble(text, "note.phone");
    const ext = /(?:x|ext\.?|extension)\s?#?\d+$/i.exec(text)?.[0].replace(/\D/g, "").length ?? 0;
    if (digits - ext < 7) return text.replace(/[\s\S]/g, (c, at: number) => (/\d/.test(c) ? made.charAt(at) : c));
    let left = digits;
    return text.replace(/\d/g, (_, at: number) => {
      const place = left - ext;
      left -= 1;
      // Counted from the last digit of the number itself: 555 01 and two of its own; before them what the key gives.
      if (place <= 0 || place <= 2) return made.charAt(at);
      return place <= 7 ? ("555" + "01").charAt(7 - place) : place === 10 ? String(2 + (Number(made.charAt(at)) % 8)) : made.charAt(at);
    });
  }

  of({ kind, put, start, end }: Span, text: string): string {
    if (put !== undefined) return put;
    const whole = text.slice(start, end);
    const lower = whole.toLowerCase().replace(/\s+/g, " ");
    switch (kind) {
      case "name": case "unknown": return this.name(whole);
      case "date": return "a date";
      case "age": return "90";
      case "phone": return this.phone(whole);
      case "email": return `${this.pseudonyms.hex("note.email", lower, 8)}@example.invalid`;
      case "url": return whole.startsWith("@") ? `@${this.pseudonyms.hex("note.url", lower, 8)}` : `${/^\w+:\/\//.exec(whole)?.[0] ?? ""}www.example.invalid`;
      case "ip": return /^\d+\.\d+\.\d+\.\d+$/.test(whole) ? `192.0.2.${this.#number("note.ip", lower) % 256}` : this.#scramble(whole, "note.ip");
      case "ssn": {
        const made = this.#scramble(whole.replace(/[a-z*]/gi, "0"), "note.ssn");
        let seen = 0;
        const long = whole.replace(/\D/g, "").length === 9;
        return whole.replace(/\d/g, (_, at: number) => (long && ++seen <= 3 ? "0" : made.charAt(at)));
      }
      case "id": return this.#scramble(whole, "note.id");
      case "postcode": return zip3(whole) ?? this.#scramble(whole, "note.postcode");
      case "town": return cased(whole, this.#pick(towns, "note.town", lower));
      case "street": return (/\d/.test(whole) ? `${100 + (this.#number("note.street", lower) % 9_800)} ` : "") + cased(whole, `${this.#pick(surnames, "note.street", lower)} Street`) + (whole.includes("\n") ? "\n" : "");
      case "organisation": {
        if (/^\p{Lu}{2,6}$/u.test(whole)) return this.#scramble(whole, "note.letters");
        const head = whole.split(/\s+/).reverse().find((word) => heads.has(word.toLowerCase())) ?? "Center";
        return cased(whole, `${this.#pick(towns, "note.organisation", lower)} ${head}`) + (whole.includes("\n") ? "\n" : "");
      }
    }
  }
}
