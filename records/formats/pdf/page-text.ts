import type { WrappedPdfiumModule } from "@embedpdf/pdfium";

/** PDFium's mark of a hyphen at a line's end, and the line's end: the word is one, so that a name is found whole. */
const hyphens = new RegExp(`[${String.fromCharCode(2)}\\ufffe]\\r?\\n?`, "g");

/** @returns a page's text, line by line, seen or not; null if a font does not tell which letters its signs stand for. */
export function textOf(pdfium: WrappedPdfiumModule, page: number): string | null {
  const text = pdfium.FPDFText_LoadPage(page);
  if (text === 0) return null;
  try {
    const length = Math.max(0, pdfium.FPDFText_CountChars(text));
    for (let at = 0; at < length; at += 1) if (pdfium.FPDFText_HasUnicodeMapError(text, at) !== 0) return null;
    const buffer = pdfium.pdfium.wasmExports.malloc((length + 1) * 2);
    if (buffer === 0) return null;
    try {
      // The last one is a NUL.
      const written = pdfium.FPDFText_GetText(text, 0, length, buffer);
      const raw = new TextDecoder("utf-16le").decode(pdfium.pdfium.HEAPU8.slice(buffer, buffer + Math.max(0, written - 1) * 2));
      return raw.replace(hyphens, "").replace(/\r\n?/g, "\n");
    } finally {
      pdfium.pdfium.wasmExports.free(buffer);
    }
  } finally {
    pdfium.FPDFText_ClosePage(text);
  }
}
