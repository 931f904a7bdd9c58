import type { WrappedPdfiumModule } from "@embedpdf/pdfium";
import type { Raster } from "../image/raster.js";
import { maxPixels } from "../image/rules.js";
import { PageRefusal } from "./page-objects.js";
import { leastDots, mostDots, usualDots } from "./rules.js";

/** FPDF_RENDER_LIMITEDIMAGECACHE; FPDF_ANNOT is not set, so that no annotation, stamp or form field is drawn. */
const limitedCache = 0x200;
/** FPDFBitmap_BGR. */
const bgr = 2;

/**
 * Draws a page as it is seen on paper. Throws PageRefusal.
 * @param finest - dots a point of its finest picture; 0 without any
 * @returns grey if no pixel has a colour
 */
export function drawPage(pdfium: WrappedPdfiumModule, page: number, finest: number): Raster {
  const [across, down] = [pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)];
  if (!(across > 0 && down > 0)) throw new PageRefusal("FORMAT_INVALID", "it has no size");
  const fitting = Math.sqrt(maxPixels / (across * down));
  if (fitting * 72 < leastDots) throw new PageRefusal("DEIDENTIFICATION_REFUSED", `it has more than ${maxPixels} pixels`);
  const scale = Math.min(finest > 0 ? finest : usualDots / 72, mostDots / 72, fitting);
  const [width, height] = [Math.max(1, Math.round(across * scale)), Math.max(1, Math.floor(down * scale))];
  const bitmap = pdfium.FPDFBitmap_CreateEx(width, height, bgr, 0, 0);
  if (bitmap === 0) throw new PageRefusal("DEIDENTIFICATION_REFUSED", "it is too large to be drawn");
  try {
    pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
    pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, limitedCache);
    return rasterOf(pdfium.pdfium.HEAPU8.subarray(pdfium.FPDFBitmap_GetBuffer(bitmap)), pdfium.FPDFBitmap_GetStride(bitmap), width, height);
  } finally {
    pdfium.FPDFBitmap_Destroy(bitmap);
  }
}

function rasterOf(samples: Uint8Array, stride: number, width: number, height: number): Raster {
  let grey = true;
  for (let y = 0; y < height && grey; y += 1) for (let at = y * stride, end = at + width * 3; at < end; at += 3) if (samples[at] !== samples[at + 1] || samples[at] !== samples[at + 2]) { grey = false; break; }
  const channels = grey ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, to = 0; y < height; y += 1) for (let at = y * stride, end = at + width * 3; at < end; at += 3) {
    data[to++] = samples[at + 2] as number;
    if (!grey) { data[to++] = samples[at + 1] as number; data[to++] = samples[at] as number; }
  }
  return { width, height, channels, depth: 8, data };
}
