import { collect, headBytes } from "../../bytes.js";
import { dayOf } from "../../dates.js";
import type { ProfileBuilder } from "../../profile.js";
import { recognizeFormat } from "../../recognize.js";
import { invalid, refused } from "../../refuse.js";
import { utf8End } from "../../utf8.js";
import { deidentifyNote, type NoteContext } from "./deidentify-note.js";
import { recordNumber } from "./find-numbers.js";
import { isEnglish } from "./is-english.js";
import { noteLengths, maxNoteBytes, notesWarning } from "./limits.js";
import { tokensOf } from "./tokens.js";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** @throws AppError FORMAT_INVALID where it is no UTF-8. */
function decode(bytes: Uint8Array): string {
  try { return decoder.decode(bytes); }
  catch { throw invalid("NOTE", "the text is not UTF-8", { position: utf8End(bytes) }); }
}

/** @returns whether a de-identified text is still taken for one. */
function isStillNote(bytes: Uint8Array): boolean {
  try { return recognizeFormat(bytes.subarray(0, headBytes)) === "NOTE"; }
  catch { return false; }
}

/** De-identifies a file of free text, one note, where the provider asked for it. */
export async function* deidentifyNoteFile(chunks: AsyncIterable<Uint8Array>, { notes, ...context }: NoteContext & { readonly notes: boolean }): AsyncGenerator<Uint8Array> {
  if (!notes) throw refused("NOTE", "it is free text, which is taken only where the provider says so when uploading (notes: true, or --notes)", { position: 0 });
  const text = decode(await collect(chunks, maxNoteBytes));
  const output = new TextEncoder().encode(deidentifyNote(text, context));
  if (!isStillNote(output)) throw refused("NOTE", "what is left reads as another format", { position: 0 });
  context.report.records += 1;
  context.report.warn(notesWarning);
  yield output;
}

/** Profiles a de-identified note: how long it is, in which language, and when it was written. */
export async function profileNote(chunks: AsyncIterable<Uint8Array>, builder: ProfileBuilder): Promise<void> {
  const text = decode(await collect(chunks));
  builder.records += 1;
  builder.modality("NOTES");
  builder.type("text/plain");
  builder.type(`text/plain:${isEnglish(tokensOf(text)) ? "en" : "other"}`);
  const words = text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  builder.type(`text/plain:${noteLengths.find(([, most]) => words <= most)?.[0] ?? "long"}`);
  const number = recordNumber(text);
  if (number !== null) builder.patient(number);
  let dated = false;
  for (const [, m = "", d = "", y = ""] of text.matchAll(/(?<!\d)(\d{1,2})\/(\d{1,2})\/((?:19|20)\d\d)(?!\d)/g)) { const day = dayOf(`${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`); builder.date(day); dated ||= day !== null; }
  for (const [day] of text.matchAll(/(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)/g)) { builder.date(dayOf(day)); dated = true; }
  builder.expect(true);
  builder.expect(dated || /\b(?:19|20)\d\d\b/.test(text));
  builder.expect(words >= 30);
}
