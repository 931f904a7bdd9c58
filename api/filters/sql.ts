/** A piece of SQL whose values are bound, never written into the text. */
export interface SqlPart {
  /** `?` stands for each value, in order. */
  readonly text: string;
  readonly values: readonly unknown[];
}

export const part = (text: string, ...values: unknown[]): SqlPart => ({ text, values });

/** @returns the parts in parentheses, joined by the word; `empty` if there are none. */
function join(parts: readonly SqlPart[], word: string, empty: string): SqlPart {
  if (parts.length === 0) return part(empty);
  return { text: parts.map(({ text }) => `(${text})`).join(` ${word} `), values: parts.flatMap(({ values }) => values) };
}

export const allOf = (parts: readonly SqlPart[]): SqlPart => join(parts, "and", "true");
export const anyOf = (parts: readonly SqlPart[]): SqlPart => join(parts, "or", "false");
/** Null counts as "does not hold", so its negation holds. */
export const not = ({ text, values }: SqlPart): SqlPart => ({ text: `(${text}) is not true`, values });

/** @returns text with $1, $2… and the values, as the driver takes them. Texts of ours hold no other question marks. */
export function bind(...parts: readonly SqlPart[]): { text: string; values: unknown[] } {
  const asked = parts.map((each) => each.text).join(" ");
  return { text: numbered.get(asked) ?? number(asked), values: parts.flatMap(({ values }) => values) };
}

/** Texts that were numbered, by what they were: the same few come all the time. */
const numbered = new Map<string, string>();
const maxNumbered = 2_000;

function number(text: string): string {
  let next = 0;
  const made = text.replace(/\?/g, () => `$${++next}`);
  if (numbered.size >= maxNumbered) numbered.clear();
  numbered.set(text, made);
  return made;
}
