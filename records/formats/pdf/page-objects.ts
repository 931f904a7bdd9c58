import type { WrappedPdfiumModule } from "@embedpdf/pdfium";
import { maxFormDepth, maxObjects, maxPicturePixels } from "./rules.js";

/** FPDF_PAGEOBJ_… of PDFium's fpdf_edit.h. */
const kinds = { text: 1, image: 3, form: 5 } as const;

/** Text that only paints nothing (3) or only clips (7), ISO 32000-1 table 106. */
const unseenModes: readonly number[] = [3, 7];

/** Memory of the renderer that results are told in, in bytes. */
export const scratchBytes = 64;

/** What a page's objects say of it, once its texts were taken out. */
export interface PageObjects {
  /** Text objects that were taken out. */
  readonly texts: number;
  /** Whether one of them was to be seen, as far as its own way of painting tells. */
  readonly seen: boolean;
  readonly pictures: number;
  /** Area of the largest picture, in square points. */
  readonly largest: number;
  /** Dots a point of the finest picture. */
  readonly dots: number;
}

/** Why a page cannot be taken. */
export class PageRefusal extends Error {
  constructor(readonly kind: "FORMAT_INVALID" | "DEIDENTIFICATION_REFUSED", readonly reason: string) { super(reason); }
}

type Matrix = readonly [a: number, b: number, c: number, d: number];

/** Filters that code pictures by themselves, so that the length of what is decoded says nothing. */
const codecs: readonly string[] = ["DCTDecode", "DCT", "JPXDecode", "CCITTFaxDecode", "CCF", "JBIG2Decode"];

/**
 * Takes all texts out of a page and its forms, and measures its pictures, each of which must be whole. Throws PageRefusal.
 * @param scratch - `scratchBytes` of the renderer's memory
 */
export function takeTextsOut(pdfium: WrappedPdfiumModule, page: number, scratch: number): PageObjects {
  let [visited, texts, seen, pictures, largest, dots] = [0, 0, false, 0, 0, 0];
  // The memory's buffer is another one after it grew.
  const memory = (): DataView => new DataView(pdfium.pdfium.HEAPU8.buffer, scratch, scratchBytes);
  const matrixOf = (object: number): Matrix => {
    if (!pdfium.FPDFPageObj_GetMatrix(object, scratch)) throw new PageRefusal("FORMAT_INVALID", "an object has no place");
    const view = memory();
    return [view.getFloat32(0, true), view.getFloat32(4, true), view.getFloat32(8, true), view.getFloat32(12, true)];
  };
  const measure = (object: number, outer: Matrix): void => {
    const [width, height] = pictureSize(pdfium, page, object, scratch, memory);
    const [a, b, c, d] = times(matrixOf(object), outer);
    pictures += 1;
    largest = Math.max(largest, Math.abs(a * d - b * c));
    dots = Math.max(dots, Math.min(width / Math.hypot(a, b), height / Math.hypot(c, d)));
  };
  const walk = (parent: number, isForm: boolean, outer: Matrix, depth: number): void => {
    if (depth > maxFormDepth) throw new PageRefusal("DEIDENTIFICATION_REFUSED", `its forms are nested deeper than ${maxFormDepth}`);
    // From the end, for taking one out moves those behind it.
    for (let index = (isForm ? pdfium.FPDFFormObj_CountObjects(parent) : pdfium.FPDFPage_CountObjects(parent)) - 1; index >= 0; index -= 1) {
      if (++visited > maxObjects) throw new PageRefusal("DEIDENTIFICATION_REFUSED", `it has more than ${maxObjects} objects`);
      const object = isForm ? pdfium.FPDFFormObj_GetObject(parent, index) : pdfium.FPDFPage_GetObject(parent, index);
      const kind = pdfium.FPDFPageObj_GetType(object);
      if (kind === kinds.image) measure(object, outer);
      if (kind === kinds.form) walk(object, true, times(matrixOf(object), outer), depth + 1);
      if (kind !== kinds.text) continue;
      texts += 1;
      if (!unseenModes.includes(pdfium.FPDFTextObj_GetTextRenderMode(object))) seen = true;
      if (!(isForm ? pdfium.FPDFFormObj_RemoveObject(parent, object) : pdfium.FPDFPage_RemoveObject(parent, object))) throw new PageRefusal("DEIDENTIFICATION_REFUSED", "a text cannot be taken out of it");
      pdfium.FPDFPageObj_Destroy(object);
    }
  };
  walk(page, false, [1, 0, 0, 1], 0);
  // A page whose tree, or content, is damaged looks like an empty one.
  if (visited === 0) throw new PageRefusal("FORMAT_INVALID", "it is empty, or damaged");
  return { texts, seen, pictures, largest, dots };
}

const times = ([a, b, c, d]: Matrix, [e, f, g, h]: Matrix): Matrix => [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];

/** @returns the pixels across and down of a picture that can be decoded, and is as long as they need. */
function pictureSize(pdfium: WrappedPdfiumModule, page: number, object: number, scratch: number, memory: () => DataView): [width: number, height: number] {
  const damaged = (): PageRefusal => new PageRefusal("FORMAT_INVALID", "a picture is damaged, or ends early");
  if (!pdfium.FPDFImageObj_GetImagePixelSize(object, scratch, scratch + 4)) throw damaged();
  const [width, height] = [memory().getUint32(0, true), memory().getUint32(4, true)];
  if (width * height > maxPicturePixels) throw new PageRefusal("DEIDENTIFICATION_REFUSED", `a picture has more than ${maxPicturePixels} pixels`);
  const filters = Array.from({ length: pdfium.FPDFImageObj_GetImageFilterCount(object) }, (_, index) => {
    const length = pdfium.FPDFImageObj_GetImageFilter(object, index, scratch, scratchBytes);
    return String.fromCharCode(...pdfium.pdfium.HEAPU8.subarray(scratch, scratch + Math.min(length, scratchBytes) - 1));
  });
  if (!filters.some((filter) => codecs.includes(filter))) {
    // Width, height, dots across and down, bits a pixel.
    if (!pdfium.FPDFImageObj_GetImageMetadata(object, page, scratch)) throw damaged();
    if (pdfium.FPDFImageObj_GetImageDataDecoded(object, 0, 0) < height * Math.ceil((width * memory().getUint32(16, true)) / 8)) throw damaged();
  }
  const bitmap = pdfium.FPDFImageObj_GetBitmap(object);
  if (bitmap === 0) throw damaged();
  pdfium.FPDFBitmap_Destroy(bitmap);
  return [width, height];
}
