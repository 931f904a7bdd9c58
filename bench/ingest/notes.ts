import { writeFileSync } from "node:fs";
import { readMarks } from "../../records/test-support/notes/marked.js";
import { inventUnseen, unseen } from "../../records/test-support/notes/unseen.js";

/** Writes notes that no rule was written on, with form feeds between them. @returns what in each of them tells of people. */
export function writeNotes(path: string, count: number): string[][] {
  const notes = Array.from({ length: count }, (_, at) => readMarks((unseen[at % unseen.length] as (typeof unseen)[number])(inventUnseen(at + 1))));
  writeFileSync(path, notes.map(({ text }) => text).join("\f"));
  return notes.map(({ text, gold }) => gold.map(({ start, end }) => text.slice(start, end)));
}

/** @returns the share of what tells of people that stands in the output as it was, whole, in its own note. */
export function notesLeaked(gold: readonly (readonly string[])[], output: string): number {
  const notes = output.split("\f");
  const left = gold.map((told, at) => told.filter((one) => notes[at]?.includes(one)).length);
  return left.reduce((sum, one) => sum + one, 0) / gold.reduce((sum, told) => sum + told.length, 0);
}
