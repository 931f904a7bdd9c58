import { concat } from "../../bytes.js";
import { dictionaryEntry } from "./dictionary.js";
import { type DicomElement, type Syntax, undefinedLength } from "./parse.js";

const longVrs = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
const encoder = new TextEncoder();

/** @returns the text as a value of even length: UI is padded with NUL, all others with a space. */
export function textValue(vr: string, text: string): Uint8Array {
  const bytes = encoder.encode(text);
  if (bytes.length % 2 === 0) return bytes;
  const padded = new Uint8Array(bytes.length + 1);
  padded.set(bytes);
  padded[bytes.length] = vr === "UI" ? 0 : 32;
  return padded;
}

/** @returns an element of text, with the dictionary's VR. */
export function textElement(tag: string, text: string): DicomElement {
  const vr = dictionaryEntry(tag)?.vr ?? "LO";
  return { tag, vr, value: textValue(vr, text), items: null };
}

/** @returns tag, VR and length as they stand before a value. */
export function elementHead(tag: string, vr: string, length: number, syntax: Syntax): Uint8Array {
  const little = !syntax.bigEndian;
  const plain = syntax.implicit || vr === "";
  const bytes = new Uint8Array(!plain && longVrs.has(vr) ? 12 : 8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Number.parseInt(tag.slice(0, 4), 16), little);
  view.setUint16(2, Number.parseInt(tag.slice(4), 16), little);
  if (plain) { view.setUint32(4, length, little); return bytes; }
  bytes[4] = vr.charCodeAt(0);
  bytes[5] = vr.charCodeAt(1);
  if (longVrs.has(vr)) view.setUint32(8, length, little);
  else view.setUint16(6, length, little);
  return bytes;
}

/** @returns the elements as bytes; sequences and items get undefined lengths and delimiters. */
export function writeElements(elements: readonly DicomElement[], syntax: Syntax): Uint8Array {
  const parts: Uint8Array[] = [];
  const write = (list: readonly DicomElement[]): void => {
    for (const { tag, vr, value, items } of list) {
      if (items === null) { parts.push(elementHead(tag, vr, value.length, syntax), value); continue; }
      parts.push(elementHead(tag, "SQ", undefinedLength, syntax));
      for (const item of items) {
        parts.push(elementHead("FFFEE000", "", undefinedLength, syntax));
        write(item);
        parts.push(elementHead("FFFEE00D", "", 0, syntax));
      }
      parts.push(elementHead("FFFEE0DD", "", 0, syntax));
    }
  };
  write(elements);
  return concat(parts);
}
