import { usStates } from "../../terminology/places.js";
import { genericPlaces, organisationHeads, organisationInner, streetHeads } from "./rules.js";
import type { Span } from "./span.js";
import type { Token } from "./tokens.js";
import { isAbbreviation } from "./vocabulary.js";

const stateNames = "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming|District of Columbia|Puerto Rico|D\\.C\\.|Mass\\.?|Calif\\.?|Penn\\.?|Conn\\.?|Mich\\.?|Ill\\.?|Tex\\.?|Fla\\.?|Wash\\.?";
/** @returns words of a state's name, which stay: a state is the smallest place that Safe Harbor lets stay. */
export const stateWords: ReadonlySet<string> = new Set(stateNames.toLowerCase().replace(/\\|\?/g, "").split(/[| ]/).filter((word) => word.length > 2 && !["new", "north", "south", "west", "island", "virginia", "georgia", "district", "carolina", "mass", "mass.", "ill", "ill.", "wash", "wash.", "conn", "penn", "tex", "washington"].includes(word)));
const state = `(?:${[...usStates].join("|")}|${stateNames})`;

const cap = "(?:\\p{Lu}[\\p{L}'’.-]{1,40})";
const streetHead = `(?:${streetHeads.join("|")})`;
const street = new RegExp(
  `(?<![\\p{L}\\d.,/$-])\\d{1,6}(?:-\\d{1,4})?[A-Za-z]?(?: ?1/2)?[ \\t]+(?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West|Old|Upper|Lower)\\.?[ \\t]+)?(?:(?:\\d{1,3}(?:st|nd|rd|th)|\\p{Lu}\\p{L}?\\.|\\p{Lu}[\\p{L}'’-]{0,40}|of|the|de|la)[ \\t]+){1,4}?${streetHead}\\b\\.?(?:[ \\t]+(?:N|S|E|W|NE|NW|SE|SW)\\b\\.?)?(?:,?[ \\t\\n]{1,3}(?:apt|apartment|suite|ste|unit|rm|room|bldg|building|floor|fl|lot|#)\\.?[ \\t]?#?[ \\t]?[A-Za-z]?\\d{0,5}[A-Za-z]?\\b)?`,
  "giu",
);
const box = /(?<![\p{L}\d])p\.?[ \t]?o\.?[ \t]?box[ \t]?#?\d{1,7}/giu;
const road = new RegExp(`(?<=\\b(?:on|at|of|near|from)[ \\t])(?:${cap}[ \\t]){1,3}(?:Street|Avenue|Road|Lane|Boulevard|Drive|Blvd|Ave|Rd|St|Parkway|Highway|Terrace)\\b`, "gu");
const townState = new RegExp(`(?<![\\p{L}])(?<t>(?:(?:St\\.?|Saint|San|Santa|Los|Las|El|La|New|North|South|East|West|Fort|Ft\\.?|Mount|Mt\\.?|Port|Lake|Upper|Lower)[ \\t])?${cap}(?:[ \\t]${cap}){0,2}|(?:\\p{Lu}{2,24}[ \\t]?){1,3}(?<! ))(?<c>,[ \\t]{0,2}|[ \\t]{1,2})(?<s>${state})(?:(?<z>[ \\t,]{1,3}\\d{5}(?:-\\d{4})?)(?![\\d-])|(?![\\p{L}\\d]))`, "gu");

/** Finds streets, towns with their state and postcode, and organisations. A state stays. */
export function findPlaces(text: string, tokens: readonly Token[]): Span[] {
  const found: Span[] = [];
  const put = (start: number, length: number, kind: Span["kind"]): void => { if (length > 0) found.push({ start, end: start + length, kind }); };
  for (const pattern of [street, box, road]) for (const match of text.matchAll(pattern)) {
    // Of "40 mg daily at dr" nothing is a street: the word before the head has a capital, or all the line's have.
    if (pattern === street && !/^\S+[ \t]+(?:\p{Lu}|\d)/u.test(match[0])) continue;
    put(match.index, match[0].length, "street");
  }
  for (const match of text.matchAll(townState)) {
    const { t = "", c = "", s = "", z } = match.groups ?? {};
    // "Smith MD", "Jane Doe PA", "OR": letters that are a degree too are a state's only behind a comma with a postcode.
    if (z === undefined && (!c.startsWith(",") || ["MD", "PA", "DO", "MS", "MA", "OR", "IN", "ME", "HI", "OK", "AS", "CO", "AL", "LA"].includes(s) && !/(?:\b(?:in|from|of|at|near|to|Dr|St|Ave|Rd|Street|Road|Avenue|Ln|Lane|Blvd|Ct)\.?,?[ \t\n]+|\d,?\s+)$/.test(text.slice(Math.max(0, match.index - 12), match.index)))) continue;
    const words = t.trimEnd();
    // A street before the town on the same line was found already, so the town is what is left.
    put(match.index, words.length, "town");
    if (z !== undefined) { const digits = z.replace(/^\D+/, ""); put(match.index + match[0].length - digits.length, digits.length, "postcode"); }
  }
  for (const match of text.matchAll(/(?<=\b(?:zip|zip ?code|postal ?code|postcode)[:\s#]{1,3})\d{5}(?:-\d{4})?(?!\d)/giu)) put(match.index, match[0].length, "postcode");
  for (const match of text.matchAll(/(?<![\p{L}\d])[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?![\p{L}\d])/gu)) put(match.index, match[0].length, "postcode");
  for (const match of text.matchAll(new RegExp(`(?<=\\b(?:lives? in|living in|resid(?:es|ing) in|resident of|moved (?:here )?(?:from|to)|born (?:and raised )?in|native of|originally from|grew up in|raised in|returned from|trip to|travell?ed to|vacation in|relocat(?:ed|ing) (?:to|from)|visiting from|immigrated from|emigrated from|from the town of|town of|city of|county of)[ \\t])(?:(?:St\\.?|Saint|San|Santa|Los|Las|New|North|South|East|West|Fort|Mount|Port|Lake)[ \\t])?${cap}(?:[ \\t]${cap}){0,2}`, "gu"))) put(match.index, match[0].length, "town");
  for (const match of text.matchAll(new RegExp(`(?:${cap}[ \\t]){1,2}County\\b`, "gu"))) put(match.index, match[0].length, "town");
  const lead = "(?:St\\.?|Saint|San|Santa|Los|Las|Fort|Ft\\.|Mount|Mt\\.|Port|Lake|New)";
  for (const match of text.matchAll(new RegExp(`(?<=\\b(?:in|from|near|to|of|outside|around|at)[ \\t])${lead}[ \\t]${cap}(?:[ \\t]${cap})?`, "gu"))) put(match.index, match[0].length, "town");
  // Two words with a capital behind "in": a town, unless one is of a hospital's own.
  for (const [at, token] of tokens.entries()) {
    const [before, second] = [tokens[at - 1], tokens[at + 1]];
    if (before === undefined || second === undefined || token.caseless || !["in", "from", "near", "outside"].includes(before.lower) || before.cap) continue;
    const proper = (one: Token): boolean => one.cap && !one.upper && one.gap === " " && !generic.has(one.lower) && !heads.has(one.lower) && !/(?:ology|iatrics?|medicine|surgery|care|unit|department|room|therapy|hall|bed|floor|program|january|february|march|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|english|spanish|french|scale|score|disease|syndrome)$/.test(one.lower);
    if (proper(token) && proper(second)) put(token.start, second.end - token.start, "town");
  }
  // Where somebody works or learns.
  for (const match of text.matchAll(new RegExp(`(?<=\\b(?:[Ww]ork(?:s|ed|ing)? (?:at|for)|[Ee]mployed (?:at|by)|[Ee]mployer:?|[Aa]ttends|[Ss]tudent at|[Ee]nrolled at|[Tt]eaches at|[Ll]aid off (?:from|by)|[Ff]ired from|[Jj]ob (?:at|with)|[Pp]osition (?:at|with)|[Vv]olunteers at|[Rr]etired from|[Mm]ember of|[Cc]ongregation of|[Tt]ransfer(?:red)? (?:from|to)|[Dd]ischarged to)[ \\t]{1,4}(?:the )?)${cap}(?:(?:[ \\t]|[ \\t]of[ \\t]|[ \\t]&[ \\t]|[ \\t]and[ \\t])${cap}){0,4}`, "gu"))) {
    if (match[0].split(/[ \t]/).every((word) => generic.has(word.toLowerCase()) || isAbbreviation(word.toLowerCase()) || heads.has(word.toLowerCase()))) continue;
    put(match.index, match[0].length, "organisation");
  }
  found.push(...organisations(tokens));
  return found;
}

const heads = new Set(organisationHeads);
const inner = new Set(organisationInner);
const generic = new Set(genericPlaces);

/** Capitalised words up to a head such as Hospital, with one at least that is more than generic. */
function organisations(tokens: readonly Token[]): Span[] {
  const found: Span[] = [];
  const near = (gap: string): boolean => /^(?:[ \t]|\.[ \t]|['’][sS][ \t]|[ \t]?&[ \t]?|-|[ \t]-[ \t]|['’])$/.test(gap);
  for (const [at, token] of tokens.entries()) {
    const isHome = token.lower === "home" && /^(?:nursing|care|rest|funeral|group|retirement|convalescent|veterans)$/.test(tokens[at - 1]?.lower ?? "");
    if (!(heads.has(token.lower) || isHome) || !(token.cap || token.caseless)) continue;
    let start = at;
    let telling = false;
    // A line that is nothing but the name, as in a letter's head.
    const ends = tokens[at + 1] === undefined || /\n/.test(tokens[at + 1]?.gap ?? "");
    for (let back = at - 1; back >= Math.max(0, at - 6); back -= 1) {
      const one = tokens[back];
      const next = tokens[back + 1];
      if (one === undefined || next === undefined || !near(next.gap)) break;
      const small = ["of", "the", "and", "for", "at"].includes(one.lower);
      if (small && (token.caseless || back === at - 1)) break;
      if (!one.cap && !small) break;
      if (token.caseless && one.known && !(ends && one.first) && !inner.has(one.lower) && !["st", "mount"].includes(one.lower)) break;
      if (generic.has(one.lower) && !telling && !inner.has(one.lower)) { start = back; continue; }
      if (!small) {
        start = back;
        if (!generic.has(one.lower) && !heads.has(one.lower) && !/(?:ology|iatrics|medicine|surgery)$/.test(one.lower) && !(one.first && one.known && !inner.has(one.lower) && !ends)) telling = true;
      }
    }
    if (!telling || start === at) continue;
    // Further heads belong to it: "Mercy Medical Center".
    let end = at;
    for (let on = at + 1; on < Math.min(tokens.length, at + 5); on += 1) {
      const one = tokens[on];
      if (one === undefined || !near(one.gap) || !(heads.has(one.lower) || inner.has(one.lower)) || !(one.cap || ["of", "the", "and", "for"].includes(one.lower))) break;
      if (heads.has(one.lower) || one.cap) end = on;
    }
    const [from, to] = [tokens[start], tokens[end]];
    // A name by a university, "University of X", has its telling word behind.
    if (from !== undefined && to !== undefined) found.push({ start: from.start, end: to.end, kind: "organisation" });
  }
  for (const [at, token] of tokens.entries()) {
    if (!/^(?:university|hospital|church|school|college|institute)$/.test(token.lower) || !token.cap) continue;
    const [of, name] = [tokens[at + 1], tokens[at + 2]];
    if (of?.lower === "of" && name?.cap === true && near(name.gap) && !isAbbreviation(name.lower)) {
      let start = at;
      while (start > 0 && near(tokens[start]?.gap ?? "") && tokens[start - 1]?.cap === true && inner.has(tokens[start - 1]?.lower ?? "")) start -= 1;
      found.push({ start: tokens[start]?.start ?? token.start, end: name.end, kind: "organisation" });
    }
  }
  // Letters of a hospital's, where words say that one is there.
  for (const [at, token] of tokens.entries()) {
    if (!token.upper || token.caseless || token.known || token.text.length < 3 || token.text.length > 6) continue;
    const before = tokens[at - 1];
    if (before !== undefined && /^[ \t]$/.test(token.gap) && ["at", "from", "to", "the", "via"].includes(before.lower)) found.push({ start: token.start, end: token.end, kind: "organisation" });
  }
  return found;
}
