import { concat } from "../../bytes.js";
import { type Damage, damageBytes, type Mutate, oddTexts, pick } from "./damage.js";

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));

/** Tokens that a document's reader decides by. */
const tokens = /\/[A-Za-z]\w*|\b\d+ 0 R|\b\d+\b|<<|>>|\[|\]|\bobj|\bendobj|\bstream|\bendstream|\bxref|\btrailer|\bstartxref|%%EOF/g;
const others = ["/Page", "/Pages", "/Kids", "/Count", "/Length", "/Filter", "/FlateDecode", "/DCTDecode", "/JBIG2Decode", "/JPXDecode", "/Crypt", "/Encrypt", "/Parent", "/Form", "/Image", "/SMask", "/Prev", "/ObjStm", "1 0 R", "2 0 R", "10 0 R", "99 0 R", "0", "-1", "2147483647", "4294967296", "<<", ">>", "[", "]", "null", "endobj", "endstream"] as const;

/** Spoils a document with a plain table of objects: its tokens are changed, doubled, taken out; numbers lie; objects trade their numbers; now and then, bytes. @param size - a page's size as it is written, which stays */
export function pdfMutator(sample: Uint8Array, size: string): Mutate {
  const change = (bytes: Uint8Array, { kind, place, value }: Damage): Uint8Array => {
    if (kind % 8 === 7) return damageBytes(bytes, { kind: value, place, value: kind });
    const text = latin(bytes);
    const found = [...text.matchAll(tokens)];
    if (found.length === 0) return bytes;
    const { 0: token, index } = pick(found, place);
    const [before, after] = [text.slice(0, index), text.slice(index + token.length)];
    switch (kind % 8) {
      case 0: return bytesOf(before + pick(others, (value % 1_000) / 1_000) + after);
      case 1: return bytesOf(before + after);
      case 2: return bytesOf(`${before}${token} ${token}${after}`);
      case 3: return bytesOf(before + latin(new TextEncoder().encode(pick(oddTexts, (value % 1_000) / 1_000))) + after);
      // The same length, so that the table of objects stays right.
      case 4: return bytesOf(before + token.replace(/\d/g, (digit) => String((Number(digit) + value) % 10)) + after);
      case 5: return bytesOf(before + token.replace(/[A-Za-z]/, (letter) => (letter === "X" ? "Y" : "X")) + after);
      default: { const other = pick(found, (value % 997) / 997)[0]; return bytesOf(before + other.slice(0, token.length).padEnd(token.length) + after); }
    }
  };
  // With its old table, nearly all damage ends at the table.
  // A page of another size would be read for letters, which takes seconds and is not what is tried here.
  const sizes = (bytes: Uint8Array): number => latin(bytes).split(size).length;
  const changed = (bytes: Uint8Array, damage: Damage): Uint8Array => { const spoilt = change(bytes, damage); return sizes(spoilt) < sizes(bytes) ? bytes : spoilt; };
  return (damages) => { const spoilt = damages.reduce(changed, concat([sample])); return (damages[0]?.value ?? 0) % 4 === 0 ? spoilt : bytesOf(relaid(latin(spoilt))); };
}

/** Writes the table of objects anew, for the places where they now stand. */
function relaid(text: string): string {
  const cut = text.lastIndexOf("xref\n0 1\n");
  const trailer = text.lastIndexOf("trailer\n");
  if (cut < 0 || trailer < cut) return text;
  const objects = [...text.slice(0, cut).matchAll(/^(\d{1,4}) 0 obj$/gm)];
  const lines = objects.map(({ 1: number = "0", index }) => `${number} 1\n${String(index).padStart(10, "0")} 00000 n \n`).join("");
  return `${text.slice(0, cut)}xref\n0 1\n0000000000 65535 f \n${lines}${text.slice(trailer).replace(/startxref\n\d+/, `startxref\n${cut}`)}`;
}
