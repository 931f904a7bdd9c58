import { dayOf } from "../../dates.js";
import type { ProfileBuilder } from "../../profile.js";
import { codeForms } from "../../terminology/code-systems.js";
import { headerWords, roleOfHeader } from "./columns.js";
import { dateForm, yearOf } from "./dates.js";
import { readTable } from "./rows.js";

const loinc = "http://loinc.org";
const forms = codeForms.filter(({ url }) => url === loinc || url.includes("icd-10"));

function dayOfCell(cell: string): number | null {
  const iso = dayOf(cell.slice(0, 10));
  if (iso !== null) return iso;
  const form = dateForm(cell);
  const year = form === null || form === "undecided" ? null : yearOf(cell, form);
  return year === null ? null : dayOf(`${String(year).padStart(4, "0")}-07`);
}

/** Profiles a de-identified table. */
export async function profileCsv(chunks: AsyncIterable<Uint8Array>, builder: ProfileBuilder): Promise<void> {
  const { header, rows } = await readTable(chunks);
  const roles = header.map(roleOfHeader);
  const patient = roles.indexOf("patient-id");
  const diagnosis = header.map((name) => /diagnos|condition|\bdx|icd/.test(headerWords(name)));
  builder.modality("TABULAR");
  for await (const batch of rows) {
    for (const cells of batch) {
      builder.records += 1;
      const id = patient < 0 ? "" : (cells[patient] ?? "");
      if (id !== "") builder.patient(id);
      for (const [index, cell] of cells.entries()) {
        builder.expect(cell !== "");
        if (cell === "") continue;
        const role = roles[index];
        if (role === "date" || role === null) {
          if (/^\d[\d/.-]{7}/.test(cell)) builder.date(dayOfCell(cell));
        }
        if (role !== "code" && role !== null) continue;
        const shape = forms.find((form) => form.test(cell));
        if (shape === undefined) continue;
        builder.system(shape.url);
        if (shape.url === loinc) builder.modality("LABORATORY");
        else if (diagnosis[index] === true || role === "code") { builder.modality("CONDITIONS"); builder.condition(shape.url, cell); }
      }
    }
  }
}
