import type { OnRemoved, OpenMember } from "../archive/members.js";
import { type Part, ofPart } from "../archive/located.js";
import { openPdf, type PdfDocument } from "./pdf-document-node.js";

/** What every page comes as, so that its format is told before it is drawn. */
const pngSignature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/**
 * Opens a document's pages as pictures, one after the other; each is drawn when it is read. Throws FORMAT_INVALID, DEIDENTIFICATION_REFUSED.
 * @param index - which file of a record set it is
 */
export async function* pdfMembers(bytes: Uint8Array, index: number, part: Part, onRemoved: OnRemoved): AsyncGenerator<OpenMember> {
  let document: PdfDocument;
  try { document = await openPdf(bytes.slice()); }
  catch (error) { throw ofPart(part, error); }
  try {
    const { pages, extras, page } = document;
    onRemoved("pdf.structure", "structure and metadata of a document", 1);
    onRemoved("pdf.attachment", "attached file", extras.attachments);
    onRemoved("pdf.script", "script", extras.scripts);
    for (let number = 1; number <= pages; number += 1) {
      async function* drawn(): AsyncGenerator<Uint8Array> {
        const { png, texts, annotations } = await page(number);
        onRemoved("pdf.text", "text beside the picture of a page", texts);
        onRemoved("pdf.annotation", "annotation or form field", annotations);
        yield png;
      }
      yield { index, part: { ...part, page: number }, head: pngSignature, source: drawn, long: false };
    }
  } finally {
    await document.close();
  }
}
