import { encode } from "fast-png";
import { collect } from "../../bytes.js";
import { findLines } from "../../ocr/find-lines.js";
import type { TextReader } from "../../ocr/text-reader.js";
import { lookYourself } from "../../ocr/warning.js";
import type { ProfileBuilder } from "../../profile.js";
import { refused } from "../../refuse.js";
import type { ReportBuilder } from "../../report.js";
import { blank } from "./blank.js";
import { decodeImage } from "./decode.js";
import { greyOf } from "./raster.js";
import { maxBlanked, maxImageBytes } from "./rules.js";

export interface ImageOptions {
  readonly report: ReportBuilder;
  readonly reader: Pick<TextReader, "read">;
}

/** De-identifies a PNG, JPEG or TIFF file: only its pixels stay, without the lines of text that are found in them, as a new PNG. */
export async function* deidentifyImage(chunks: AsyncIterable<Uint8Array>, { report, reader }: ImageOptions): AsyncGenerator<Uint8Array> {
  const raster = await decodeImage(await collect(chunks, maxImageBytes));
  const lines = await findLines(greyOf(raster), reader, maxBlanked);
  if (lines.length > 0) {
    if (blank(raster, lines) > maxBlanked) throw refused("IMAGE", "it is a page of text, of which nothing would be left");
    if ((await findLines(greyOf(raster), reader, 0)).length > 0) throw refused("IMAGE", "text can still be read in it after lines of text were blanked");
    report.count("image.line-of-text", "removed", "pixels", lines.length);
  }
  report.count("image.metadata", "removed", "all but the pixels");
  report.count("image.pixels", "kept", "pixels");
  report.warn(lookYourself);
  report.records = 1;
  yield encode(raster);
}

/** Profiles a de-identified image. */
export async function profileImage(chunks: AsyncIterable<Uint8Array>, builder: ProfileBuilder): Promise<void> {
  const bytes = await collect(chunks, Number.POSITIVE_INFINITY);
  const { width, height, depth } = await decodeImage(bytes);
  builder.records += 1;
  builder.modality("IMAGING");
  builder.type("image/png");
  builder.expect(true);
  builder.addImage({ modality: "OT", bodyPart: "", rows: height, columns: width, frames: 1, bitsAllocated: depth, transferSyntax: "image/png", pixelBytes: bytes.length });
}
