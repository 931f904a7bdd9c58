import { encode } from "fast-png";
import { AppError } from "../../schema/errors.js";
import type { GreyImage } from "./grey-image.js";

/** A word that was read, with its box in pixels: from `left`, `top` to `right`, `bottom`, which are not in it. */
export interface Word { readonly text: string; /** 0 to 100. */ readonly confidence: number; readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }

interface Engine { readonly read: (image: GreyImage) => Promise<Word[]>; readonly close: () => Promise<void> }

/** What fails rejects its own promise as well; without a handler the library would also throw where nobody can catch it. */
const ignore = (): void => undefined;

/**
 * Starts Tesseract with its English data from npm: nothing is fetched. It runs in a worker of its own. Browsers' bundles have no such data (`browser` in
 * package.json), and Tesseract would fetch its program from a stranger's server: there, default-deny.
 * @throws AppError DEIDENTIFICATION_REFUSED in a browser
 */
async function openEngine(): Promise<Engine> {
  const { langPath, gzip } = (await import("@tesseract.js-data/eng")).default;
  if (langPath === undefined) throw new AppError("DEIDENTIFICATION_REFUSED", "Text in pixels cannot be looked for in a browser: use the command line for images.", { details: { reason: "no character recognition here" } });
  const { createWorker, OEM, PSM } = await import("tesseract.js");
  // The data for its neural network alone: those beside them hold the old engine too, which is not used and takes 120 MB.
  const worker = await createWorker("eng", OEM.LSTM_ONLY, { langPath: `${langPath}_best_int`, gzip: gzip ?? false, cacheMethod: "none", errorHandler: ignore });
  await worker.setParameters({ tessedit_pageseg_mode: PSM.SPARSE_TEXT, user_defined_dpi: "150" });
  return {
    async read(image) {
      const png = encode({ ...image, channels: 1, depth: 8 });
      const { data } = await worker.recognize(typeof Buffer === "undefined" ? new Blob([png.slice()]) : Buffer.from(png), {}, { blocks: true, text: false });
      return (data.blocks ?? []).flatMap(({ paragraphs }) => paragraphs).flatMap(({ lines }) => lines).flatMap(({ words }) => words)
        .map(({ text, confidence, bbox }) => ({ text, confidence, left: bbox.x0, top: bbox.y0, right: bbox.x1, bottom: bbox.y1 }));
    },
    close: async () => { await worker.terminate(); },
  };
}

/** Reads text in images. The engine starts with the first image, and must be stopped by `close`. */
export class TextReader {
  #engine: Promise<Engine> | undefined;

  async read(image: GreyImage): Promise<Word[]> {
    return (await (this.#engine ??= openEngine())).read(image);
  }

  async close(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    await (await engine?.catch(() => undefined))?.close();
  }
}
