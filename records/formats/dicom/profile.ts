import { dayOf } from "../../dates.js";
import type { ProfileBuilder } from "../../profile.js";
import { textOf } from "./clean.js";
import { readDicomHeader } from "./dicom.js";
import { imageShape } from "./pixels.js";

/** What an image should say of itself: patient id, sex, age, study date, modality, body part, manufacturer, spacing. */
const expected = ["00100020", "00100040", "00101010", "00080020", "00080060", "00180015", "00080070"];
const dates = ["00080020", "00080021", "00080022", "00080023"];

/** Profiles a de-identified DICOM file. */
export async function profileDicom(chunks: AsyncIterable<Uint8Array>, builder: ProfileBuilder, maxBytes: number): Promise<void> {
  const header = await readDicomHeader(chunks, maxBytes);
  const { text, elements, end, reader, syntax } = header;
  let pixelBytes = 0;
  for await (const piece of reader.stream(Number.POSITIVE_INFINITY)) pixelBytes += piece.length;
  builder.records += 1;
  const modality = text("00080060") || "OT";
  builder.modality(`IMAGING:${modality}`);
  builder.type(text("00080016"));
  if (text("00100020") !== "") builder.patient(text("00100020"));
  for (const tag of expected) builder.expect(text(tag) !== "");
  for (const tag of dates) builder.date(dayOf(text(tag)));
  for (const { items } of elements) for (const item of items ?? []) {
    const scheme = item.find(({ tag }) => tag === "00080102");
    if (scheme !== undefined && textOf(scheme.value) === "DCM") builder.system("http://dicom.nema.org/resources/ontology/DCM");
  }
  const shape = imageShape(elements, syntax.bigEndian);
  if (shape !== null && end.kind === "pixels") {
    builder.addImage({ modality, bodyPart: text("00180015"), rows: shape.rows, columns: shape.columns, frames: shape.frames, bitsAllocated: shape.bitsAllocated, transferSyntax: header.transferSyntax, pixelBytes });
  }
}
