import type { Pseudonymizer } from "../../pseudonym.js";
import { refused } from "../../refuse.js";
import type { ReportBuilder } from "../../report.js";
import type { KnownPeople } from "./people.js";

export interface NoteContext {
  readonly pseudonyms: Pseudonymizer;
  /** Told what was done, by rule and count (`note.*`). `records` is the caller's to raise. */
  readonly report: ReportBuilder;
  readonly people: KnownPeople;
}

/**
 * De-identifies one free text: a note, or the text of a document's pages put together, so that what one page tells is known on the others.
 * Lines stay lines. Throws DEIDENTIFICATION_REFUSED for a text whose identifiers cannot be found with certainty.
 */
export function deidentifyNote(_text: string, _context: NoteContext): string {
  throw refused("CSV", "free text is not de-identified yet", { position: 0 });
}
