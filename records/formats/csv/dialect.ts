/** How a table's text is cut. Quotes are double quotes, doubled inside. */
export interface Dialect { readonly delimiter: "," | ";" | "\t" | "|" }

const candidates = [",", ";", "\t", "|"] as const;

/** @returns the number of cells of each complete record in the text, quotes respected; the last one counts only if the text is whole. */
function widths(text: string, delimiter: string, whole: boolean): number[] {
  const counts: number[] = [];
  let cells = 1;
  let quoted = false;
  let filled = false;
  for (let at = 0; at < text.length && counts.length < 50; at += 1) {
    const c = text.charAt(at);
    if (c === '"') { quoted = !quoted; filled = true; }
    else if (quoted) continue;
    else if (c === delimiter) { cells += 1; filled = true; }
    else if (c === "\n") { if (filled) counts.push(cells); cells = 1; filled = false; }
    else if (c !== "\r") filled = true;
  }
  if (whole && filled && !quoted) counts.push(cells);
  return counts;
}

/**
 * Tells a table by its text's beginning: at least two records of the same number (two or more) of cells.
 * @param whole - whether the text is the whole file.
 * @returns null if it is no table.
 */
export function detectDialect(text: string, whole: boolean): Dialect | null {
  let best: { dialect: Dialect; cells: number } | null = null;
  for (const delimiter of candidates) {
    const counts = widths(text, delimiter, whole);
    const first = counts[0] ?? 0;
    if (counts.length < 2 || first < 2) continue;
    // One odd record may be the file's fault, which the parser will name by its line; two mean another delimiter.
    const allowed = counts.length < 3 ? 0 : Math.max(1, Math.floor(counts.length / 10));
    if (counts.filter((count) => count !== first).length > allowed) continue;
    if (best === null || first > best.cells) best = { dialect: { delimiter }, cells: first };
  }
  return best?.dialect ?? null;
}
