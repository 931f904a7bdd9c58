import type { ChunkReader } from "../../chunk-reader.js";
import { isPlainNumber } from "../../numbers.js";
import { invalid } from "../../refuse.js";
import { dictionaryEntry } from "./dictionary.js";
import type { DicomElement } from "./parse.js";
import { textOf } from "./clean.js";

/** What the Image Pixel module says of the pixels. */
export interface ImageShape {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samples: number;
  readonly bitsAllocated: number;
  readonly photometric: string;
}

/** One with another VR than the standard's is removed from what is written, so it says nothing of the pixels either. */
const elementOf = (elements: readonly DicomElement[], tag: string): DicomElement | undefined => elements.find((element) => element.tag === tag && element.vr === dictionaryEntry(tag)?.vr);

/** @returns the value of an element of VR US that has one; 0 for any other length, which is removed from what is written. */
export function numberOf(elements: readonly DicomElement[], tag: string, bigEndian: boolean): number {
  const value = elementOf(elements, tag)?.value;
  return value?.length !== 2 ? 0 : new DataView(value.buffer, value.byteOffset, 2).getUint16(0, !bigEndian);
}

/** @returns the shape, or null where the data set describes no image. */
export function imageShape(elements: readonly DicomElement[], bigEndian: boolean): ImageShape | null {
  const number = (tag: string): number => numberOf(elements, tag, bigEndian);
  const rows = number("00280010");
  const columns = number("00280011");
  if (rows === 0 || columns === 0) return null;
  const told = textOf(elementOf(elements, "00280008")?.value ?? new Uint8Array(0));
  const frames = isPlainNumber(told.trim()) ? Number.parseInt(told, 10) : 1;
  return {
    rows, columns, frames: Number.isSafeInteger(frames) && frames > 0 ? frames : 1,
    samples: number("00280002") || 1, bitsAllocated: number("00280100") || 8, photometric: textOf(elementOf(elements, "00280004")?.value ?? new Uint8Array(0)),
  };
}

/** @returns bytes that uncompressed pixels of this shape take, padded to an even number. */
export function nativeLength({ rows, columns, frames, samples, bitsAllocated, photometric }: ImageShape): number {
  const perPixel = photometric === "YBR_FULL_422" ? 2 : photometric === "YBR_PARTIAL_420" ? 1.5 : samples;
  const bytes = Math.ceil((rows * columns * frames * perPixel * bitsAllocated) / 8);
  return bytes + (bytes % 2);
}

/** Passes native pixels on as they are. Throws FORMAT_INVALID if the file ends before them. */
export async function* nativePixels(reader: ChunkReader, length: number, base: number): AsyncGenerator<Uint8Array> {
  const end = reader.position + length;
  yield* reader.stream(length);
  if (reader.position !== end) throw invalid("DICOM", "the file ends inside the pixel data", { position: base + reader.position });
}

/** Passes the fragments of compressed pixels on as they are, with the final delimiter. Throws FORMAT_INVALID. */
export async function* encapsulatedPixels(reader: ChunkReader, base: number, frames: number): AsyncGenerator<Uint8Array> {
  const fail = (reason: string): Error => invalid("DICOM", reason, { position: base + reader.position });
  for (let items = 0; ; items += 1) {
    if (!(await reader.fill(8))) throw fail("the file ends inside the compressed pixel data");
    const head = reader.peek(8).slice();
    const view = new DataView(head.buffer);
    const length = view.getUint32(4, true);
    if (view.getUint16(0, true) !== 0xfffe) throw fail("compressed pixel data holds something other than fragments");
    const element = view.getUint16(2, true);
    if (element === 0xe0dd) {
      reader.take(8);
      // The first item is the offset table; each frame takes one fragment or more.
      if (items - 1 < frames) throw fail("there are fewer compressed fragments than frames");
      yield new Uint8Array([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
      return;
    }
    if (element !== 0xe000 || length === 0xffffffff) throw fail("compressed pixel data holds something other than fragments");
    reader.take(8);
    yield head;
    yield* nativePixels(reader, length, base);
  }
}
