/** What a stretch of text tells, which decides what is put in its place. */
export type Kind = "name" | "date" | "age" | "phone" | "email" | "url" | "ip" | "ssn" | "id" | "street" | "town" | "postcode" | "organisation" | "unknown";

/** A stretch of text that tells of a person. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
  /** What goes in its place, where that follows from the text itself, as a moved date does. */
  readonly put?: string;
}

/** @returns the spans in order without overlaps: of two the earlier in the list stays, and the other only where nothing is covered. */
export function settle(spans: readonly Span[], text: string): Span[] {
  const taken = new Uint8Array(text.length);
  const kept: Span[] = [];
  for (const span of spans) {
    let { start, end } = span;
    // What is left of one that is covered in part still tells.
    const tells = (at: number): boolean => taken[at] === 0 && /[\p{L}\d]/u.test(text.charAt(at));
    if (taken.subarray(start, end).includes(1)) {
      while (start < end && !tells(start)) start += 1;
      while (end > start && !tells(end - 1)) end -= 1;
    }
    if (start >= end || taken.subarray(start, end).includes(1) || !/[\p{L}\d]/u.test(text.slice(start, end))) continue;
    taken.fill(1, start, end);
    const whole = start === span.start && end === span.end;
    kept.push(whole ? span : { start, end, kind: span.kind });
  }
  return kept.sort((a, b) => a.start - b.start);
}
