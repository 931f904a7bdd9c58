import { concat } from "../bytes.js";

/** A picture as a PDF holds it: the samples, or what a filter made of them. */
export interface PdfPicture { readonly width: number; readonly height: number; readonly data: Uint8Array; readonly colours?: "DeviceGray" | "DeviceRGB"; readonly filter?: string; /** In the place of colour space and 8 bits. */ readonly coding?: string }

export interface PdfPageParts {
  /** In points. */
  readonly width: number;
  readonly height: number;
  /** Drawn as /Im0, /Im1 … by `content`. */
  readonly pictures?: readonly PdfPicture[];
  /** Content stream. Default: the first picture over all of the page. */
  readonly content?: string;
  /** Forms /Fm0, /Fm1 …: content streams that may draw each other. */
  readonly forms?: readonly string[];
  /** Further entries of the page, such as `/Annots [...]`. */
  readonly more?: string;
}

export interface PdfParts {
  /** Further objects, from number 5000 on, and entries of the catalogue and the trailer. */
  readonly objects?: readonly string[];
  readonly catalog?: string;
  readonly trailer?: string;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const stream = (dictionary: string, data: Uint8Array): Uint8Array => concat([utf8(`<< ${dictionary} /Length ${data.length} >>\nstream\n`), data, utf8("\nendstream")]);

/** Writes a PDF by the letter of ISO 32000-1, with a plain table of objects. */
export function pdf(pages: readonly PdfPageParts[], { objects = [], catalog = "", trailer = "" }: PdfParts = {}): Uint8Array {
  const all = new Map<number, Uint8Array>();
  const [root, tree, font, first] = [1, 2, 3, 10];
  all.set(root, utf8(`<< /Type /Catalog /Pages ${tree} 0 R ${catalog} >>`));
  all.set(font, utf8("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"));
  const kids: number[] = [];
  let next = first;
  for (const { width, height, pictures = [], content = `q ${width} 0 0 ${height} 0 0 cm /Im0 Do Q`, forms = [], more = "" } of pages) {
    const [page, body] = [next, next + 1];
    next += 2;
    const xobjects = [...pictures.map((_, at) => `/Im${at} ${next + at} 0 R`), ...forms.map((_, at) => `/Fm${at} ${next + pictures.length + at} 0 R`)].join(" ");
    const resources = `/Resources << /Font << /F1 ${font} 0 R >> /XObject << ${xobjects} >> >>`;
    for (const { width: across, height: down, data, colours = "DeviceGray", filter, coding = `/ColorSpace /${colours} /BitsPerComponent 8` } of pictures) all.set(next++, stream(`/Type /XObject /Subtype /Image /Width ${across} /Height ${down} ${coding}${filter === undefined ? "" : ` /Filter /${filter}`}`, data));
    for (const form of forms) all.set(next++, stream(`/Type /XObject /Subtype /Form /BBox [0 0 ${width} ${height}] ${resources}`, utf8(form)));
    all.set(page, utf8(`<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${width} ${height}] /Contents ${body} 0 R ${resources} ${more} >>`));
    all.set(body, stream("", utf8(content)));
    kids.push(page);
  }
  all.set(tree, utf8(`<< /Type /Pages /Kids [${kids.map((kid) => `${kid} 0 R`).join(" ")}] /Count ${kids.length} >>`));
  for (const [at, object] of objects.entries()) all.set(5_000 + at, utf8(object));

  const blocks = [utf8("%PDF-1.7\n%\xe2\xe3\n")];
  let at = blocks[0]?.length ?? 0;
  let table = "xref\n0 1\n0000000000 65535 f \n";
  for (const [number, object] of [...all].sort(([a], [b]) => a - b)) {
    const block = concat([utf8(`${number} 0 obj\n`), object, utf8("\nendobj\n")]);
    table += `${number} 1\n${String(at).padStart(10, "0")} 00000 n \n`;
    blocks.push(block);
    at += block.length;
  }
  blocks.push(utf8(`${table}trailer\n<< /Size 6000 /Root ${root} 0 R ${trailer} >>\nstartxref\n${at}\n%%EOF\n`));
  return concat(blocks);
}
