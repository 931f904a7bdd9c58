import { shortNames, particles, wordNames, knownFemale, knownMale } from "./names.js";
import type { KnownPeople } from "./people.js";
import { stateWords } from "./find-places.js";
import { credentials, eponymHeads, eponyms, kin, nameLabel, nameLead, personalEponyms, roleWords, titles } from "./rules.js";
import type { Span } from "./span.js";
import type { Token } from "./tokens.js";
import { isAbbreviation, isSlip, isWord, isWordName } from "./vocabulary.js";

const titleSet = new Set(titles);
const credentialSet = new Set(credentials);
const kinSet = new Set(kin);
const familySet = new Set(kin.slice(0, kin.indexOf("friend") + 1));
const roleSet = new Set(roleWords);
const eponymSet = new Set(eponyms);
const personalSet = new Set(personalEponyms);
const headSet = new Set(eponymHeads);
const particleSet = new Set(particles);
const firstNames = new Set([...knownFemale, ...knownMale]);
const commonNames = new Set([...wordNames, ...shortNames, ...firstNames]);
const short = new Set(shortNames);
/** Degrees that are words or abbreviations as well: a name needs a comma before them. */
const weakCredentials = new Set(["ma", "ms", "do", "pa", "pt", "ot", "rd", "od", "st", "ba", "mba", "or", "slp", "rt"]);
/** Titles that are words as well: they need a name that is no word. */
const weakTitles = new Set("ms miss sister brother father nurse officer judge major pastor attorney deputy captain col fr rev sir madam doctor professor".split(" "));
/** Words that are names too rarely to be taken for one where only a capital says so. */
const monthsAndMore = new Set("may april june august will art an in my the cal max page day light gray grey white black blue brown green rose street hall park field mark chase grant chance case best price price love rich young long little sharp strong stark major sterling stone rod ray pat hope faith grace joy patience fine good ice read key keys west north south east stage spring winter summer autumn fall noon wall walls ward house block grove temple steel heart flowers free french english german paris love king queen prince noble general brain oral baby sister do so am on we you he as at it no to us is ma le la li an ho hu yi yu su".split(" "));
const speaking = new Set("reports reported states stated says said denies denied complains complained presents presented endorses endorsed describes described lives lived works worked called arrived came walked asked agreed understands understood verbalizes verbalized expressed requested refused wants wanted feels felt thinks believes noticed smokes drinks tolerated remains remained continues underwent returned has had is was appears looks told".split(" "));
const stop = new Set("a an the and or but of for to in on at by from with without as is was are were be been has had have will would can could should may might must do does did not no nor he she it they we you i his her hers their our your my him them us this that these those who whom which what when where there here if then than so such per via into onto over under after before during since until about above below between through again once all any both each few more most other some only own same too very just also however patient pt patients".split(" "));

/** First parts of compounds that are written with two capitals in headings. */
const compoundHeads = /^(?:non|post|pre|anti|co|self|well|re|mid|half|ex|in|out|on|up|follow|check|steri|mini|lower|upper|left|right|cross|low|high|long|short|two|three|four|one|multi|full|part|half|walk|drop|sub|inter|intra|over|under|front|back|side|semi|day|week|month|year|hand|head|heart|bed|blood|fluid|step|stand|sit|team|care|health|chest|x|end|early|late|large|small|new|old|on|off|all|cost|time|risk|wound|skin|soft|dry|wet|hot|cold|black|white|red|blue|green|yellow|broad|fine|open|closed|double|single|triple)-/;

const glued = /^(?: |-|\.[ ]?|['’]|[ ]?&[ ]?)$/;
const sameField = /^(?: |, ?|\.,? ?|-| ?\/ ?| ?& ?| ?\(|\) ?|['’]s )$/;

/** Finds the names of people: where they are told by title, label, degree or kin, by themselves, and wherever one that was found stands again. */
export function findNames(text: string, tokens: readonly Token[], people: KnownPeople): Span[] {
  /** By number of the token: named by its place, or by default. */
  const sure = new Set<number>();
  const at = (index: number): Token | undefined => tokens[index];
  const byStart = new Map(tokens.map((token, index) => [token.start, index]));

  const asksHead = (token: Token): boolean => {
    const index = byStart.get(token.start) ?? 0;
    const [previous, next, third] = [at(index - 1), at(index + 1), at(index + 2)];
    const told = (one: Token | undefined): boolean => one !== undefined && /^(?:['’]s)?[ -]$/.test(one.gap) && (headSet.has(one.lower) || eponymSet.has(one.lower));
    const sign = previous !== undefined && token.gap === " " && /^(?:positive|negative|pos|neg|no|absent|present|equivocal|sonographic)$/.test(previous.lower);
    return !(told(next) || (told(third) && next !== undefined && !next.cap) || sign || (previous !== undefined && /^[ -]$/.test(token.gap) && eponymSet.has(previous.lower) && previous.cap));
  };
  const isEponym = (token: Token): boolean => (eponymSet.has(token.lower) && !(personalSet.has(token.lower) && asksHead(token))) || (token.lower.includes("-") && token.lower.split("-").every((part) => eponymSet.has(part)));
  const hasHead = (index: number): boolean => { const next = at(index + 1); return next !== undefined && /^(?:['’]s)?[ -]$/.test(next.gap) && headSet.has(next.lower); };
  const isInitial = (token: Token): boolean => token.text.length === 1 && (/\p{Lu}/u.test(token.text) || (token.caseless && /^\.[ ]/.test(at((byStart.get(token.start) ?? 0) + 1)?.gap ?? "")));
  const shaped = (token: Token): boolean => token.cap || token.caseless;
  const isCredential = (token: Token): boolean => credentialSet.has(token.lower) && (token.upper || /^(?:PharmD|PhD|Jr|Sr|Esq|Md|MBChB|FNP|CCC)/i.test(token.text)) && !(short.has(token.lower) && !token.upper);
  /** A word that is nothing but a word, unless it stands capitalised before another name: "Will Haddad". */
  const stopped = (token: Token): boolean => {
    if (!stop.has(token.lower)) return false;
    const index = byStart.get(token.start) ?? 0;
    const [previous, next] = [at(index - 1), at(index + 1)];
    const beside = (next !== undefined && next.cap && (!next.known || (commonNames.has(next.lower) && !stop.has(next.lower))) && next.gap === " ") || (previous !== undefined && previous.cap && !previous.known && token.gap === ", ");
    return !(token.cap && !token.caseless && commonNames.has(token.lower) && beside);
  };
  const maybe = (token: Token): boolean => shaped(token) && !stopped(token) && !roleSet.has(token.lower) && !titleSet.has(token.lower) && !isCredential(token);
  /** "Sung-Min": two words, but capitals on both make it a name, where they are no device or direction. */
  const doubled = (token: Token): boolean => !token.caseless && !token.upper && /^\p{Lu}\p{Ll}{1,6}-\p{Lu}\p{Ll}{1,6}$/u.test(token.text) && !isEponym(token) && !compoundHeads.test(token.lower);
  const unlisted = (token: Token): boolean => (!token.known || doubled(token)) && !isEponym(token);
  const named = (token: Token): boolean => maybe(token) && (unlisted(token) || isWordName(token.lower) || commonNames.has(token.lower) || (isEponym(token) && !isWord(token.lower)) || people.has(token.lower));

  /** Takes a name's words from here on. @param strong - the place alone says that the first words are a name. */
  function take(from: number, strong: boolean, most = 4, gaps = sameField, sureWords = 1): number {
    let taken = 0;
    for (let index = from; index < from + most + 4; index += 1) {
      const token = at(index);
      if (token === undefined || (index > from && (!gaps.test(token.gap) || (token.gap.startsWith(".") && (at(index - 1)?.text.length ?? 9) > 1 && !isCredential(at(index - 1) as Token) && !titleSet.has(at(index - 1)?.lower ?? "") && at(index - 1)?.lower !== "st")))) break;
      if (isCredential(token) || (titleSet.has(token.lower) && taken === 0)) continue;
      if (particleSet.has(token.lower) && index > from - 1 && !stop.has(token.lower)) { const next = at(index + 1); if (next !== undefined && (shaped(next) || particleSet.has(next.lower)) && !stop.has(next.lower) && glued.test(next.gap)) { sure.add(index); continue; } }
      if (isInitial(token) && (taken > 0 || maybe(token))) { sure.add(index); continue; }
      if (!(strong ? maybe(token) && (!token.caseless || taken < sureWords || named(token)) : named(token))) {
        const goesOn = taken > 0 && token.cap && !token.upper && !token.caseless && token.gap === " " && maybe(token) && !headSet.has(token.lower);
        if (goesOn) { sure.add(index); taken += 1; if (taken >= most) break; continue; }
        // In lower case only what is no word.
        if (!(taken < 2 && !token.cap && !stop.has(token.lower) && strong && (!token.known || commonNames.has(token.lower)) && !roleSet.has(token.lower))) break;
      }
      if (headSet.has(token.lower) && taken === 0 && token.known) break;
      sure.add(index);
      taken += 1;
      if (taken >= most) break;
    }
    return taken;
  }
  const tokenFrom = (offset: number): number => { let [low, high] = [0, tokens.length]; while (low < high) { const middle = (low + high) >> 1; if ((tokens[middle]?.start ?? 0) < offset) low = middle + 1; else high = middle; } return low; };

  // "Name: …", "Signed by: …", "cc: …"; a list's next names follow behind commas and on lines of their own.
  const weak = /^(?:patient|pt|re|to|from|by|source|mother|father|spouse|husband|wife|partner|son|daughter|sister|brother|informant|historian|employer|client|guardian|nurse|rn|resident|intern|fellow|consultants?|witness|seen|signature|subject|caregiver|interpreter|therapist|received|collected|reported|read|taken)$/i;
  for (const match of text.matchAll(new RegExp(`(?<![\\p{L}\\d])(?<label>${nameLabel})(?:\\s?\\([^)\\n]{0,24}\\))?[ \\t]{0,3}(?:[:=]|(?<=by)[ \\t]*[:>-])[ \\t_*]*(?:\\n[ \\t]*(?=\\p{L}))?`, "giu"))) {
    const label = match.groups?.["label"] ?? "";
    const end = match.index + match[0].length;
    const first = tokenFrom(end);
    const token = at(first);
    if (token === undefined || token.start - end > 3 || /\n/.test(text.slice(end, token.start))) continue;
    const count = take(first, !weak.test(label) || (!token.caseless && !token.upper && named(token)), 4, sameField, 3);
    if (count > 0 && /^(?:cc|c\.c\.|copies to|copy to|to|surgeons|assistants?|attention|consultants)$/i.test(label)) {
      // The further people of a list.
      let next = first;
      for (let guard = 0; guard < 30; guard += 1) {
        while (sure.has(next) || (at(next) !== undefined && (isCredential(at(next) as Token) || titleSet.has((at(next) as Token).lower)))) next += 1;
        const one = at(next);
        if (one === undefined || !/^\.?(?:[,;/]| and| &)?\s{0,8}(?:and )?$/.test(one.gap) || take(next, false) === 0) break;
      }
    }
  }
  for (const match of text.matchAll(new RegExp(`(?<![\\p{L}\\d])(?:${nameLead})[,:]?[ \\t\\n]{1,6}`, "giu"))) {
    const first = byStart.get(match.index + match[0].length);
    const token = first === undefined ? undefined : at(first);
    if (first !== undefined && token !== undefined && (named(token) || titleSet.has(token.lower)) && !(token.caseless && token.known && !commonNames.has(token.lower))) take(first, false, 4, glued);
  }
  for (const [index, token] of tokens.entries()) {
    const next = at(index + 1);
    if (next === undefined) continue;
    // "Dr. Smith", "Mrs Jane Doe".
    if (titleSet.has(token.lower) && /^\.?[ \t\n]{1,2}$|^\.$/.test(next.gap)) {
      const modality = token.upper && token.lower === "mr" && !token.caseless && !next.gap.startsWith(".");
      const doubtful = modality || weakTitles.has(token.lower) && !(token.lower === "ms" && next.gap.startsWith(".")) && !(/^(?:Ms|Miss|Doctor|Nurse|Officer|Captain|Professor|Judge|Rev)$/.test(token.text) && !token.first);
      if (token.upper && token.lower === "ms" && !token.caseless && !next.gap.startsWith(".")) { if (next.known) continue; }
      if (next.caseless ? !stop.has(next.lower) && (!doubtful || named(next)) : (next.cap && !(doubtful && !named(next))) || !next.known || (commonNames.has(next.lower) && !stop.has(next.lower) && !doubtful)) {
        if (!roleSet.has(next.lower) || commonNames.has(next.lower)) { sure.add(index + 1); if (next.text.length === 1 || particleSet.has(next.lower)) take(index + 1, true, 3, glued); else if (take(index + 2, false, 3, glued) === 0) { const second = at(index + 2); if (second !== undefined && second.gap === " " && second.cap && !second.upper && !second.caseless && maybe(second)) sure.add(index + 2); } }
      }
    }
    // "Ms dos Santos", and of "Drs. A and B" the second.
    const beyond = at(index + 2);
    if (titleSet.has(token.lower) && particleSet.has(next.lower) && beyond !== undefined && beyond.cap && glued.test(beyond.gap) && /^\.?[ ]$/.test(next.gap)) take(index + 1, true, 3, glued);
    if (/^(?:drs|doctors)$/.test(token.lower)) for (let on = index + 1; on < index + 12; on += 1) { const [and, name] = [at(on), at(on + 1)]; if (and === undefined || name === undefined || /\n/.test(and.gap)) break; if ((and.lower === "and" || /^, ?$/.test(name.gap)) && name.cap && maybe(name)) { take(on + 1, true, 2, glued); if (and.lower === "and") break; } }
    // "MD Bell".
    if (!token.caseless && token.upper && /^(?:md|do|np|rn|pa)$/.test(token.lower) && next.gap === " " && next.cap && !next.upper && named(next) && !sure.has(index - 1) && !/,/.test(token.gap)) take(index + 1, false, 3, glued);
    // A line's "Winters, Kanoa I |".
    if (token.first && /\n|^$/.test(token.gap.slice(-40)) && token.cap && next.gap === ", " && next.cap && !stop.has(token.lower) && !roleSet.has(token.lower) && token.upper === next.upper && (unlisted(next) || commonNames.has(next.lower)) && (unlisted(token) || isWordName(token.lower) || commonNames.has(token.lower) || eponymSet.has(token.lower))) {
      const last = beyond !== undefined && beyond.gap === " " && isInitial(beyond) ? at(index + 3) : beyond;
      if (last === undefined || /^\s{2,}|\n|[|(;/\d]/.test(last.gap)) { sure.add(index); sure.add(index + 1); }
    }
    // "Jane Smith, MD".
    const behind = isCredential(next) && /^,? ?$|^, ?$/.test(next.gap.replace(/\s+/g, " "));
    if (behind && !isCredential(token) && maybe(token) && (!weakCredentials.has(next.lower) || /,/.test(next.gap) && (named(token) || sure.has(index)))) {
      if (named(token) || (/,/.test(next.gap) && (token.cap || token.caseless) && !isAbbreviation(token.lower) && (token.lower.length > 2))) {
        sure.add(index);
        for (let back = index - 1, steps = 0; back >= 0 && steps < 4; back -= 1, steps += 1) {
          const [one, right] = [at(back), at(back + 1)];
          if (one === undefined || right === undefined || !/^(?: |\. ?|-|,\s?)$/.test(right.gap)) break;
          if (right.gap.startsWith(",") && !(steps === 0 && unlisted(one))) break;
          if (!(isInitial(one) || particleSet.has(one.lower) || (maybe(one) && (named(one) || (one.cap && !one.first && !one.known))))) break;
          sure.add(back);
        }
      }
    }
    // "his wife Maria", "daughter, Ana", "wife (Maria)".
    if (kinSet.has(token.lower) && /^(?:,? \(?|, (?:named )?|: )$/.test(next.gap) && next.cap && !next.upper && !next.caseless && !next.first && named(next) && !hasHead(index + 1)) take(index + 1, false, 3, glued);
    // "Rose Brown": two that are names, in no heading.
    if (!token.caseless && token.cap && next.cap && next.gap === " " && !token.upper === !next.upper && commonNames.has(token.lower) && (commonNames.has(next.lower) || unlisted(next)) && !(isEponym(token) && isEponym(next)) && !hasHead(index + 1) && !(stop.has(token.lower) || roleSet.has(token.lower) || stop.has(next.lower))) { sure.add(index); sure.add(index + 1); }
    if (token.caseless && familySet.has(token.lower) && /^,? \(?$/.test(next.gap) && !stop.has(next.lower) && !roleSet.has(next.lower) && (commonNames.has(next.lower) || !next.known)) take(index + 1, false, 3, glued);
    // "PATIENT GRACE BROWN".
    const third = at(index + 2);
    if (token.caseless && (kinSet.has(token.lower) || titleSet.has(token.lower)) && next.gap === " " && commonNames.has(next.lower) && !stop.has(next.lower) && third !== undefined && glued.test(third.gap) && (commonNames.has(third.lower) || isInitial(third)) && !stop.has(third.lower)) take(index + 1, false, 3, glued);
    if (token.caseless && token.upper && next.gap.match(/^,? $/) !== null && commonNames.has(token.lower) && !stop.has(token.lower) && !roleSet.has(token.lower) && (short.has(token.lower) || firstNames.has(token.lower)) && unlisted(next) && next.text.length > 3 && !isSlip(next.lower)) { sure.add(index); sure.add(index + 1); }
    // Amid a sentence a capital says it; at its beginning the verb behind.
    const previous = at(index - 1);
    if (!token.caseless && token.cap && !token.upper && commonNames.has(token.lower) && !isEponym(token) && !hasHead(index) && !stop.has(token.lower)) {
      if (!token.first && previous !== undefined && !previous.cap && /^,? $/.test(token.gap) && (!next.cap || next.gap !== " ") && !monthsAndMore.has(token.lower) && !["the", "a", "an"].includes(previous.lower)) sure.add(index);
      if (token.first && /^ $/.test(next.gap) && speaking.has(next.lower) && token.lower !== "will" && token.lower !== "may" && !["art", "page", "price", "case"].includes(token.lower)) sure.add(index);
      if (!token.first && previous !== undefined && ["with", "to", "by", "from", "for", "told", "asked", "called", "and"].includes(previous.lower) && token.gap === " " && !["may", "will", "april", "june", "august", "french", "english", "german"].includes(token.lower) && !next.cap) sure.add(index);
    }
  }

  // Names of the set's other files, and of one that was found, stand for it everywhere.
  const spread = new Set([...sure].map((index) => at(index)).filter((token) => token !== undefined && token.text.length > 2 && !particleSet.has(token.lower)).map((token) => (token as Token).lower));
  const parts = (token: Token): string[] => [token.lower, ...token.lower.split("-")];
  for (const [index, token] of tokens.entries()) {
    if (sure.has(index) || token.text.length < 2) continue;
    const hit = parts(token).some((part) => part.length > 1 && (spread.has(part) || people.has(part)));
    if (!hit || stop.has(token.lower)) continue;
    const word = isWord(token.lower);
    if (isEponym(token) && (hasHead(index) || !spread.has(token.lower))) continue;
    if (!word ? token.cap || token.caseless || token.text.length > 3 : (token.cap && !token.caseless && (!token.first || isWordName(token.lower)) && !(roleSet.has(token.lower) && token.first)) || (token.caseless && commonNames.has(token.lower) && !hasHead(index))) sure.add(index);
  }

  // What is neither word nor abbreviation is taken for a name, if it has a name's form.
  const byDefault = new Set<number>();
  for (const [index, token] of tokens.entries()) {
    if (sure.has(index) || (token.known && !(doubled(token) && (!token.first || speaking.has(at(index + 1)?.lower ?? "")))) || isEponym(token) || token.text.length < 2 || stateWords.has(token.lower) || titleSet.has(token.lower) || isCredential(token) || kinSet.has(token.lower)) continue;
    if (hasHead(index) && !people.has(token.lower) && !token.caseless) continue;
    if (token.caseless) {
      if (token.text.length <= 3 && !short.has(token.lower)) continue;
      if (token.text.length >= 6 && !isWordName(token.lower) && !firstNames.has(token.lower) && isSlip(token.lower)) continue;
      // In a text without capitals a short unknown word is an abbreviation more often than a name.
      if (!token.upper && token.text.length < 5 && !short.has(token.lower)) continue;
    } else {
      if (!token.cap) { if (!(short.has(token.lower) && token.text.length > 4)) continue; }
      else if (token.upper) { if (token.text.length <= 5 && !short.has(token.lower)) continue; }
      else if (/\p{Ll}\p{Lu}/u.test(token.text) && !/^(?:Mc|Mac|De|Di|La|Le|Van|O['’]|Fitz|Al|El|Du|D['’])\p{Lu}/u.test(token.text) && token.text.length <= 5) continue;
      const following = at(index + 1);
      const beside = following !== undefined && following.gap === " " && following.cap && !following.upper && (commonNames.has(following.lower) || unlisted(following));
      if (token.first && !beside && token.text.length >= 6 && !isWordName(token.lower) && !firstNames.has(token.lower) && isSlip(token.lower)) continue;
    }
    byDefault.add(index);
  }

  // A name's neighbours that could be names belong to it.
  const marked = (index: number): boolean => sure.has(index) || byDefault.has(index);
  for (let round = 0; round < 3; round += 1) for (const index of tokens.keys()) {
    if (marked(index)) continue;
    const token = tokens[index] as Token;
    const next = at(index + 1);
    const after = next !== undefined && marked(index + 1) && glued.test(next.gap) && !(next.gap.startsWith(".") && !isInitial(token));
    const before = marked(index - 1) && glued.test(token.gap) && !(token.gap.startsWith(".") && (at(index - 1)?.text.length ?? 9) > 1);
    if (!after && !before) continue;
    if (isInitial(token) && !(token.lower === "i" && !(next === undefined || next.gap !== " "))) { if (!(token.caseless && stop.has(token.lower) && !/^\./.test(next?.gap ?? "")) && !(stop.has(token.lower) && token.first)) sure.add(index); continue; }
    if (stopped(token) && !particleSet.has(token.lower)) continue;
    if (particleSet.has(token.lower) && (after ? before || token.cap || /^(?:de|del|della|der|den|di|da|das|dos|du|van|von|bin|ibn|al|el|ter)$/.test(token.lower) || particleSet.has(next.lower) || particleSet.has(at(index - 1)?.lower ?? "") : before && next !== undefined && particleSet.has(next.lower))) { sure.add(index); continue; }
    if (!shaped(token) || roleSet.has(token.lower) || titleSet.has(token.lower) || isCredential(token) || (isEponym(token) && token.known && !(before && commonNames.has(token.lower) && !hasHead(index)))) continue;
    const wide = token.caseless ? commonNames.has(token.lower) || !token.known : isWordName(token.lower) || commonNames.has(token.lower) || !token.known || doubled(token);
    if (wide && !(token.upper && !token.caseless && isAbbreviation(token.lower)) && !(before && headSet.has(token.lower))) sure.add(index);
  }

  const spans: Span[] = [];
  for (const index of [...sure, ...byDefault]) { const { start, end } = tokens[index] as Token; spans.push({ start, end, kind: sure.has(index) ? "name" : "unknown" }); }
  // "J.D." of a person who is named, and who typed what who said: "JD/mk".
  const initials = new Set<string>();
  for (const index of sure) { const [a, b] = [at(index), at(index + 1)]; if (a !== undefined && b !== undefined && sure.has(index + 1)) { initials.add(a.text.charAt(0).toUpperCase() + b.text.charAt(0).toUpperCase()); initials.add(b.text.charAt(0).toUpperCase() + a.text.charAt(0).toUpperCase()); } }
  for (const match of text.matchAll(/(?<![\p{L}.])(\p{Lu})\.[ ]?(?:\p{Lu}\.[ ]?)?(\p{Lu})\.(?![\p{L}])/gu)) if (!/^(?:D\.O\.B|M\.R\.N|S\.S\.N|P\.O|I\.V|U\.S|M\.?D|R\.?N|D\.?O|P\.?A|N\.?P)\.$/.test(match[0]) && initials.has((match[1] ?? "") + (match[2] ?? ""))) spans.push({ start: match.index, end: match.index + match[0].length, kind: "name" });
  for (const match of text.matchAll(/(?<![\p{L}\d/:])\p{Lu}{2,3}[/:]\p{Ll}{2,3}(?![\p{L}\d/:])/gu)) spans.push({ start: match.index, end: match.index + match[0].length, kind: "name" });
  return spans;
}
