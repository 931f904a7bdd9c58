import { dayOf } from "../../dates.js";
import type { ProfileBuilder } from "../../profile.js";
import { systemUrl } from "../../terminology/code-systems.js";
import { readMessages } from "./syntax.js";

const modalities: Readonly<Record<string, string>> = {
  PID: "DEMOGRAPHICS", DG1: "CONDITIONS", PR1: "PROCEDURES", AL1: "ALLERGIES", IAM: "ALLERGIES", PV1: "ENCOUNTERS", OBX: "LABORATORY", RXE: "MEDICATIONS", RXO: "MEDICATIONS", RXD: "MEDICATIONS", RXA: "IMMUNIZATIONS", SPM: "SPECIMENS", FT1: "CLAIMS",
};
/** Fields that a segment should fill. */
const expected: Readonly<Record<string, readonly number[]>> = { PID: [3, 7, 8], OBX: [2, 3, 5, 11], OBR: [4, 7], DG1: [3, 5], RXA: [3, 5], PV1: [2, 44] };
const clinicalDates: Readonly<Record<string, readonly number[]>> = { EVN: [2, 6], PV1: [44, 45], DG1: [5], PR1: [5], OBR: [7, 14, 22], OBX: [14], ORC: [9, 15], RXA: [3], RXD: [3], SPM: [17], FT1: [4] };

/** Profiles de-identified messages. */
export async function profileHl7(chunks: AsyncIterable<Uint8Array>, builder: ProfileBuilder): Promise<void> {
  for await (const { envelope, segments, delimiters } of readMessages(chunks)) {
    if (envelope) continue;
    builder.records += 1;
    const [code = "", event = ""] = (segments[0]?.fields[9] ?? "").split(delimiters.component);
    builder.type(event === "" ? code : `${code}^${event}`);
    for (const { name, fields } of segments) {
      const modality = modalities[name];
      if (modality !== undefined) builder.modality(modality);
      for (const field of expected[name] ?? []) builder.expect((fields[field] ?? "") !== "");
      for (const field of clinicalDates[name] ?? []) builder.date(dayOf((fields[field] ?? "").split(delimiters.component)[0] ?? ""));
      if (name === "PID" && (fields[3] ?? "") !== "") builder.patient(fields[3]?.split(delimiters.repeat)[0]?.split(delimiters.component)[0] ?? "");
      for (const field of fields.slice(1)) {
        for (const one of field.split(delimiters.repeat)) {
          const parts = one.split(delimiters.component);
          for (const at of [0, 3]) {
            const url = (parts[at] ?? "") === "" ? null : systemUrl(parts[at + 2] ?? "");
            if (url === null) continue;
            builder.system(url);
            if (name === "DG1") builder.condition(url, parts[at] ?? "");
          }
        }
      }
    }
  }
}
