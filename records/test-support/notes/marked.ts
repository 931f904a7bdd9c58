/** What a marked stretch of a made note tells. */
export type Gold = "name" | "date" | "age" | "phone" | "email" | "url" | "ip" | "ssn" | "mrn" | "id" | "street" | "town" | "postcode" | "organisation";

export interface GoldSpan { readonly start: number; readonly end: number; readonly kind: Gold }

/** Marks a stretch of a template: it must not stand in the output. */
export const mark = (kind: Gold, text: string): string => `⟦${kind}¦${text}⟧`;

/** @returns the plain text of a marked one, and where the marks were. Marks do not nest. */
export function readMarks(marked: string): { readonly text: string; readonly gold: GoldSpan[] } {
  const gold: GoldSpan[] = [];
  let text = "";
  for (const piece of marked.split(/(⟦[^⟧]*⟧)/)) {
    const [, kind, value] = /^⟦([^¦]*)¦([^⟧]*)⟧$/.exec(piece) ?? [];
    if (kind === undefined || value === undefined) { text += piece; continue; }
    gold.push({ start: text.length, end: text.length + value.length, kind: kind as Gold });
    text += value;
  }
  return { text, gold };
}

/** The same note in capitals, marks and all. */
export const inCapitals = (marked: string): string => marked.replace(/(⟦[^¦]*¦)|([^⟦]+)/g, (_, tag: string | undefined, rest: string | undefined) => tag ?? (rest ?? "").toUpperCase());
