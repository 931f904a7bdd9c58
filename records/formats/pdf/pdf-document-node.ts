import type * as Threads from "node:worker_threads";
import { AppError } from "../../../schema/errors.js";
import { invalid, type Place, refused } from "../../refuse.js";
import type { PdfAnswer, PdfExtras, PdfPage, PdfQuestion } from "./pdfium-thread-node.js";
import { maxPages, maxSeconds } from "./rules.js";

/** An open document. It must be closed: its renderer is a thread of its own. */
export interface PdfDocument {
  readonly pages: number;
  readonly extras: PdfExtras;
  /** Draws a page, or gives its text. @param number - from 1. Throws FORMAT_INVALID, DEIDENTIFICATION_REFUSED, with the page. */
  readonly page: (number: number) => Promise<PdfPage>;
  readonly close: () => Promise<void>;
}

/** @returns Node's threads, asked for in a way that leaves browsers' bundles without them. */
function threads(): typeof Threads {
  const node = (globalThis as { process?: Partial<NodeJS.Process> }).process;
  if (node?.getBuiltinModule === undefined) throw new AppError("DEIDENTIFICATION_REFUSED", "PDF cannot be read in a browser: use the command line.", { details: { format: "PDF", reason: "PDF cannot be read in a browser", position: 0 } });
  return node.getBuiltinModule("node:worker_threads");
}

/**
 * Opens a PDF in a thread that is ended when it takes too long, or too much memory.
 * @param bytes - whole; they are handed over, and not to be used afterwards.
 * @param seconds - for opening, and for each page
 * @throws AppError FORMAT_INVALID, DEIDENTIFICATION_REFUSED
 */
export async function openPdf(bytes: Uint8Array<ArrayBuffer>, seconds = maxSeconds): Promise<PdfDocument> {
  const worker = new (threads().Worker)(new URL("./pdfium-thread-node.js", import.meta.url), { stdout: true, stderr: true });
  // Without a listener, an error between two questions would end the process.
  worker.on("error", () => undefined);
  const ask = (question: PdfQuestion, place: Place): Promise<Exclude<PdfAnswer, { refusal: string }>> => new Promise((resolve, reject) => {
    const end = (act: () => void): void => {
      clearTimeout(timer);
      worker.off("message", answered).off("error", failed).off("exit", failed);
      act();
    };
    const timer = setTimeout(() => { end(() => { reject(refused("PDF", `it takes longer than ${seconds} seconds`, place)); }); }, seconds * 1_000);
    const answered = (answer: PdfAnswer): void => {
      end(() => {
        if ("refusal" in answer) reject((answer.refusal === "FORMAT_INVALID" ? invalid : refused)("PDF", answer.reason, place));
        else resolve(answer);
      });
    };
    const failed = (): void => { end(() => { reject(refused("PDF", "the renderer failed on it", place)); }); };
    worker.on("message", answered).on("error", failed).on("exit", failed);
    worker.postMessage(question, "open" in question ? [question.open.buffer as ArrayBuffer] : []);
  });
  const close = async (): Promise<void> => { await worker.terminate(); };
  try {
    const opened = await ask({ open: bytes }, { position: 0 });
    if (!("pages" in opened)) throw new AppError("INTERNAL", "The renderer answered something else.");
    if (opened.pages === 0) throw invalid("PDF", "it has no page", { position: 0 });
    if (opened.pages > maxPages) throw refused("PDF", `it has more than ${maxPages} pages`, { position: 0 });
    return {
      ...opened,
      async page(number) {
        const answer = await ask({ page: number - 1 }, { page: number });
        if (!("annotations" in answer)) throw new AppError("INTERNAL", "The renderer answered something else.");
        return answer;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
