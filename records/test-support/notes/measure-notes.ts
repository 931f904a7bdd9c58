import type { Span } from "../../formats/note/span.js";
import type { Gold, GoldSpan } from "./marked.js";

export interface Tally { found: number; all: number }

/** How much of what was marked was found, by kind, and how much of what was replaced was marked. */
export class NoteScore {
  readonly byKind = new Map<Gold, Tally>();
  readonly precision: Tally = { found: 0, all: 0 };
  readonly missed: string[] = [];
  readonly excess: string[] = [];

  /** A mark is found when each of its letters and digits was replaced: half a name is a leak. */
  add(text: string, gold: readonly GoldSpan[], spans: readonly Span[]): void {
    const covered = new Uint8Array(text.length);
    for (const { start, end } of spans) covered.fill(1, start, end);
    for (const { start, end, kind } of gold) {
      const tally = this.byKind.get(kind) ?? { found: 0, all: 0 };
      this.byKind.set(kind, tally);
      tally.all += 1;
      let whole = true;
      for (let at = start; at < end; at += 1) if (covered[at] === 0 && /[\p{L}\p{N}]/u.test(text.charAt(at))) whole = false;
      if (whole) tally.found += 1;
      else this.missed.push(`${kind}: ${text.slice(Math.max(0, start - 30), start)}⟦${text.slice(start, end)}⟧${text.slice(end, end + 20)}`.replaceAll("\n", "⏎"));
    }
    for (const { start, end, kind } of spans) {
      this.precision.all += 1;
      if (gold.some((one) => one.start < end && start < one.end)) this.precision.found += 1;
      else this.excess.push(`${kind}: ${text.slice(Math.max(0, start - 25), start)}⟦${text.slice(start, end)}⟧${text.slice(end, end + 15)}`.replaceAll("\n", "⏎"));
    }
  }

  recall(kinds: readonly Gold[] = [...this.byKind.keys()]): number {
    const [found, all] = kinds.reduce(([f, a], kind) => { const tally = this.byKind.get(kind); return [f + (tally?.found ?? 0), a + (tally?.all ?? 0)]; }, [0, 0]);
    return all === 0 ? 1 : found / all;
  }

  get table(): string {
    const row = (name: string, { found, all }: Tally): string => `${name.padEnd(14)} ${String(found).padStart(6)} of ${String(all).padStart(6)}  ${(found / all).toFixed(4)}`;
    const all = [...this.byKind.values()].reduce((sum, { found, all: count }) => ({ found: sum.found + found, all: sum.all + count }), { found: 0, all: 0 });
    return [...[...this.byKind].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, tally]) => row(kind, tally)), row("recall", all), row("precision", this.precision)].join("\n");
  }
}
