import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parentPort } from "node:worker_threads";
import { init, type WrappedPdfiumModule } from "@embedpdf/pdfium";
import { encode } from "fast-png";
import { drawPage } from "./draw-page.js";
import { PageRefusal, scratchBytes, takeTextsOut } from "./page-objects.js";
import { textOf } from "./page-text.js";
import { maxRendererBytes, scanShare } from "./rules.js";

/** What the thread is asked: first to open a document, then for its pages, from 0. */
export type PdfQuestion = { readonly open: Uint8Array } | { readonly page: number };

/** What is removed with a document's structure, counted. */
export interface PdfExtras { readonly attachments: number; readonly scripts: number }

/** A page's picture as PNG, or the text of a page of text; and how much was left out of it. */
export type PdfPage =
  | { readonly png: Uint8Array; /** Text objects, seen or not. */ readonly texts: number; readonly annotations: number }
  | { readonly text: string; readonly pictures: number; readonly annotations: number };

/** What the thread answers: the document, a page, or why not. */
export type PdfAnswer =
  | { readonly pages: number; readonly extras: PdfExtras }
  | PdfPage
  | { readonly refusal: "FORMAT_INVALID" | "DEIDENTIFICATION_REFUSED"; readonly reason: string };

/** FPDF_ERR_PASSWORD and FPDF_ERR_SECURITY of fpdfview.h. */
const locked: readonly number[] = [4, 5];

async function start(): Promise<WrappedPdfiumModule> {
  // The thread is the renderer's own: its memory is held to the limit where WebAssembly grows it.
  const grow = Object.getOwnPropertyDescriptor(WebAssembly.Memory.prototype, "grow")?.value as (this: WebAssembly.Memory, pages: number) => number;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * 65_536 > maxRendererBytes) throw new RangeError("The renderer may not take more memory.");
    return grow.call(this, pages);
  };
  const silent = (): void => undefined;
  const pdfium = await init({ wasmBinary: new Uint8Array(readFileSync(createRequire(import.meta.url).resolve("@embedpdf/pdfium/pdfium.wasm"))).buffer, print: silent, printErr: silent });
  pdfium.PDFiumExt_Init();
  return pdfium;
}

const pdfium = await start();
const scratch = pdfium.pdfium.wasmExports.malloc(scratchBytes);
let document = 0;

function open(bytes: Uint8Array): PdfAnswer {
  const at = pdfium.pdfium.wasmExports.malloc(bytes.length);
  if (at === 0) throw new PageRefusal("DEIDENTIFICATION_REFUSED", "it needs too much memory");
  pdfium.pdfium.HEAPU8.set(bytes, at);
  document = pdfium.FPDF_LoadMemDocument(at, bytes.length, "");
  if (document === 0) {
    if (locked.includes(pdfium.FPDF_GetLastError())) throw new PageRefusal("DEIDENTIFICATION_REFUSED", "it is encrypted");
    throw new PageRefusal("FORMAT_INVALID", "its structure is damaged");
  }
  if (pdfium.EPDF_IsEncrypted(document)) throw new PageRefusal("DEIDENTIFICATION_REFUSED", "it is encrypted");
  // Where the table of objects is missing or wrong, PDFium guesses one: pages could be missing.
  if (!pdfium.FPDF_DocumentHasValidCrossReferenceTable(document)) throw new PageRefusal("FORMAT_INVALID", "its table of objects is damaged, or it ends early");
  return { pages: pdfium.FPDF_GetPageCount(document), extras: { attachments: Math.max(0, pdfium.FPDFDoc_GetAttachmentCount(document)), scripts: Math.max(0, pdfium.FPDFDoc_GetJavaScriptActionCount(document)) } };
}

function read(index: number): PdfAnswer {
  const page = pdfium.FPDF_LoadPage(document, index);
  if (page === 0) throw new PageRefusal("FORMAT_INVALID", "it cannot be read");
  try {
    const annotations = Math.max(0, pdfium.FPDFPage_GetAnnotCount(page));
    const text = textOf(pdfium, page);
    const { texts, seen, largest, dots, pictures } = takeTextsOut(pdfium, page, scratch);
    if (seen && largest < scanShare * pdfium.FPDF_GetPageWidthF(page) * pdfium.FPDF_GetPageHeightF(page)) {
      if (text === null) throw new PageRefusal("DEIDENTIFICATION_REFUSED", "it is a page of text whose letters cannot be told from its fonts");
      return { text, pictures, annotations };
    }
    return { png: encode(drawPage(pdfium, page, dots)), texts, annotations };
  } finally {
    pdfium.FPDF_ClosePage(page);
  }
}

parentPort?.on("message", (question: PdfQuestion) => {
  let answer: PdfAnswer;
  try { answer = "open" in question ? open(question.open) : read(question.page); }
  catch (error) {
    if (error instanceof PageRefusal) answer = { refusal: error.kind, reason: error.reason };
    // What ends the renderer otherwise is memory, its own or what a damaged file made it address.
    else answer = { refusal: "DEIDENTIFICATION_REFUSED", reason: "the renderer failed on it" };
  }
  parentPort?.postMessage(answer, "png" in answer ? [answer.png.buffer as ArrayBuffer] : []);
});
