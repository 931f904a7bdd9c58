import { bytesSource, headBytes } from "../../bytes.js";
import { refused } from "../../refuse.js";
import type { OnRemoved, OpenMember } from "../archive/members.js";
import { type Part, ofPart } from "../archive/located.js";
import { openPdf, type PdfDocument } from "./pdf-document-node.js";

export interface PdfOptions {
  /** Which file of a record set it is, from 1. */
  readonly index: number;
  readonly part: Part;
  readonly onRemoved: OnRemoved;
  /** Whether pages of text are taken, too. */
  readonly texts: boolean;
}

/**
 * Opens a document's pages as pictures, one after the other, and the text of its pages of text as one file behind them, so that what one page tells of people is
 * known on the others. Throws FORMAT_INVALID, DEIDENTIFICATION_REFUSED.
 */
export async function* pdfMembers(bytes: Uint8Array, { index, part, onRemoved, texts: takesText }: PdfOptions): AsyncGenerator<OpenMember> {
  let document: PdfDocument;
  try { document = await openPdf(bytes.slice()); }
  catch (error) { throw ofPart(part, error); }
  try {
    const { pages, extras, page } = document;
    onRemoved("pdf.structure", "structure and metadata of a document", 1);
    onRemoved("pdf.attachment", "attached file", extras.attachments);
    onRemoved("pdf.script", "script", extras.scripts);
    const texts: string[] = [];
    let firstText = 0;
    for (let number = 1; number <= pages; number += 1) {
      const own = { ...part, page: number };
      const read = await page(number).catch((error: unknown) => { throw ofPart(own, error); });
      onRemoved("pdf.annotation", "annotation or form field", read.annotations);
      if ("png" in read) {
        onRemoved("pdf.text", "text beside the picture of a page", read.texts);
        yield { index, part: own, head: read.png.subarray(0, headBytes), source: bytesSource(read.png), long: false };
        continue;
      }
      if (!takesText) throw ofPart(own, refused("PDF", "it is a page of text, which is taken as a note only where the provider says so when uploading (notes: true, or --notes)", { page: number }));
      onRemoved("pdf.picture", "picture on a page of text", read.pictures);
      if (texts.length === 0) firstText = number;
      texts.push(read.text);
    }
    if (texts.length === 0) return;
    const text = new TextEncoder().encode(texts.join("\n\n"));
    yield { index, part: { ...part, page: firstText }, head: text.subarray(0, headBytes), source: bytesSource(text), long: false, isText: true };
  } finally {
    await document.close();
  }
}
