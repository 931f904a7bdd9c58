import type { ChunkReader } from "../../chunk-reader.js";
import { invalid } from "../../refuse.js";
import { dictionaryEntry } from "./dictionary.js";

/** How a data set is written. */
export interface Syntax { readonly implicit: boolean; readonly bigEndian: boolean }

/** An element before the pixel data. A sequence has `items`, all others `value`. */
export interface DicomElement {
  readonly tag: string;
  /** As the file says (explicit), or as the dictionary does (implicit). */
  readonly vr: string;
  readonly value: Uint8Array;
  readonly items: DicomElement[][] | null;
}

/** Where the header stopped: at pixel data, whose value follows in the stream, or at the end. */
export type HeaderEnd = { readonly kind: "end" } | { readonly kind: "pixels"; readonly tag: string; readonly vr: string; readonly length: number };

export const undefinedLength = 0xffffffff;
const longVrs = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
const knownVrs = new Set("AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" ").concat([...longVrs]));
const pixelTags = new Set(["7FE00010", "7FE00008", "7FE00009"]);
const maxDepth = 32;

/** All elements before the pixel data are held: this many bytes at most. */
export const maxHeaderBytes = 64 * 2 ** 20;

/** What an element takes beside its value. */
const perElement = 128;

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(4, "0");

interface Head { readonly tag: string; readonly vr: string; readonly length: number }

/** Parses the elements of a data set, nested to any sane depth. Throws FORMAT_INVALID with the byte position. */
export class DicomParser {
  #held = 0;

  constructor(readonly reader: ChunkReader, readonly syntax: Syntax, readonly base: number) {}

  #fail(reason: string): Error {
    return invalid("DICOM", reason, { position: this.base + this.reader.position });
  }

  async #take(length: number): Promise<Uint8Array> {
    if (!this.reader.has(length) && !(await this.reader.fill(length))) throw this.#fail("the file ends inside an element");
    return this.reader.take(length);
  }

  /** Counts what is held; an element or item costs memory even if it is empty. */
  #hold(length: number): void {
    this.#held += length + perElement;
    if (this.#held > maxHeaderBytes) throw this.#fail(`the elements before the pixel data take more than ${maxHeaderBytes} bytes`);
  }

  async #value(length: number): Promise<Uint8Array> {
    this.#hold(length);
    return (await this.#take(length)).slice();
  }

  async head(syntax = this.syntax): Promise<Head> {
    // A header has at most 12 bytes; near the end of the file there may be fewer.
    if (!this.reader.has(12) && !(await this.reader.fill(12)) && !this.reader.has(8)) throw this.#fail("the file ends inside an element");
    return this.#headAtHand(syntax);
  }

  /** Reads tag, VR and length of what is at hand: without waiting, for a file may have a hundred thousand elements. */
  #headAtHand(syntax: Syntax): Head {
    const little = !syntax.bigEndian;
    const first = this.reader.take(8);
    const view = new DataView(first.buffer, first.byteOffset, 8);
    const group = view.getUint16(0, little);
    const tag = hex(group) + hex(view.getUint16(2, little));
    if (group === 0xfffe || syntax.implicit) return { tag, vr: group === 0xfffe ? "" : (dictionaryEntry(tag)?.vr ?? "UN"), length: view.getUint32(4, little) };
    const vr = String.fromCharCode(first[4] ?? 0, first[5] ?? 0);
    if (!knownVrs.has(vr)) throw this.#fail("an element has no valid VR");
    if (!longVrs.has(vr)) return { tag, vr, length: view.getUint16(6, little) };
    if (!this.reader.has(4)) throw this.#fail("the file ends inside an element");
    const rest = this.reader.take(4);
    return { tag, vr, length: new DataView(rest.buffer, rest.byteOffset, 4).getUint32(0, little) };
  }

  /** Reads the elements up to the pixel data of the outermost data set. */
  async header(): Promise<{ elements: DicomElement[]; end: HeaderEnd }> {
    const elements: DicomElement[] = [];
    let last = "";
    while (this.reader.has(1) || (await this.reader.fill(1))) {
      const head = await this.head();
      if (head.tag.startsWith("FFFE")) throw this.#fail("a delimiter stands outside a sequence");
      if (head.tag <= last) throw this.#fail("the elements are not in ascending order");
      last = head.tag;
      if (pixelTags.has(head.tag)) return { elements, end: { kind: "pixels", ...head } };
      elements.push(await this.#element(head, this.syntax, 0));
    }
    return { elements, end: { kind: "end" } };
  }

  /** Reads an element and lets it go: for what follows the pixel data. */
  async skip(): Promise<string> {
    const head = await this.head();
    if (head.length === undefinedLength || head.vr === "SQ") await this.#element(head, this.syntax, 0);
    else for await (const piece of this.reader.stream(head.length)) void piece;
    return head.tag;
  }

  async #element(head: Head, syntax: Syntax, depth: number): Promise<DicomElement> {
    const { tag, vr, length } = head;
    if (vr === "SQ" || (length === undefinedLength && vr === "UN")) {
      this.#hold(0);
      // UN of undefined length is a sequence in implicit little endian (PS3.5 §6.2.2).
      const inner = vr === "UN" ? { implicit: true, bigEndian: false } : syntax;
      return { tag, vr, value: new Uint8Array(0), items: await this.#items(length, inner, depth + 1) };
    }
    if (length === undefinedLength) throw this.#fail("an element that is no sequence has an undefined length");
    return { tag, vr, value: await this.#value(length), items: null };
  }

  async #items(length: number, syntax: Syntax, depth: number): Promise<DicomElement[][]> {
    if (depth > maxDepth) throw this.#fail(`sequences are nested deeper than ${maxDepth}`);
    const end = length === undefinedLength ? Number.POSITIVE_INFINITY : this.reader.position + length;
    const items: DicomElement[][] = [];
    while (this.reader.position < end) {
      const head = this.reader.has(12) ? this.#headAtHand(syntax) : await this.head(syntax);
      if (head.tag === "FFFEE0DD") { if (length !== undefinedLength) throw this.#fail("a sequence ends before its length"); return items; }
      if (head.tag !== "FFFEE000") throw this.#fail("a sequence holds something other than items");
      this.#hold(0);
      items.push(head.length === 0 ? [] : await this.#item(head.length, syntax, depth));
    }
    if (this.reader.position !== end) throw this.#fail("a sequence is longer than its length says");
    return items;
  }

  async #item(length: number, syntax: Syntax, depth: number): Promise<DicomElement[]> {
    const end = length === undefinedLength ? Number.POSITIVE_INFINITY : this.reader.position + length;
    const elements: DicomElement[] = [];
    while (this.reader.position < end) {
      const head = this.reader.has(12) ? this.#headAtHand(syntax) : await this.head(syntax);
      if (head.tag === "FFFEE00D") { if (length !== undefinedLength) throw this.#fail("an item ends before its length"); return elements; }
      if (head.tag.startsWith("FFFE")) throw this.#fail("a delimiter stands where an element should");
      if (pixelTags.has(head.tag) && head.length === undefinedLength) { await this.#skipFragments(); continue; }
      elements.push(await this.#element(head, syntax, depth));
    }
    if (this.reader.position !== end) throw this.#fail("an item is longer than its length says");
    return elements;
  }

  /** Compressed pixels of an icon inside a sequence: removed in any case. */
  async #skipFragments(): Promise<void> {
    for (;;) {
      const head = await this.head({ implicit: false, bigEndian: false });
      if (head.tag === "FFFEE0DD") return;
      if (head.tag !== "FFFEE000" || head.length === undefinedLength) throw this.#fail("encapsulated pixel data holds something other than fragments");
      await this.#value(head.length);
    }
  }
}
