import { type Damage, damageBytes, type Mutate, oddTexts, pick } from "./damage.js";

const lineEnds = ["\r", "\n", "\r\n", "\n\r", "\r\r"] as const;
const names = ["MSH", "FHS", "BHS", "BTS", "FTS", "PID", "OBX", "ZZZ", "pid", "P", "", "\u000bMSH", "NTE"] as const;
const headers = ["MSH|^~\\&|", "MSH|", "MSH^~|\\&^", "MSH||||", "MSH|^~\\&#|", "MSH|aB12|", "MSH", "MSH|^^^^|", "MSH|^~\\&|||||||ADT^A01|1|P|2.5"] as const;

function spoil(segments: string[], { kind, place, value }: Damage): void {
  const at = Math.min(segments.length - 1, Math.floor(place * segments.length));
  if (at < 0) return;
  const fields = (segments[at] ?? "").split("|");
  const field = value % Math.max(1, fields.length);
  const odd = oddTexts[value % oddTexts.length] ?? "";
  switch (kind % 10) {
    case 0: segments.splice(at, 1); break;
    case 1: segments.splice(at, 0, segments[at] ?? ""); break;
    case 2: { const other = value % segments.length; [segments[at], segments[other]] = [segments[other] ?? "", segments[at] ?? ""]; break; }
    case 3: segments[at] = [names[value % names.length] ?? "", ...fields.slice(1)].join("|"); break;
    case 4: fields[field] = odd; segments[at] = fields.join("|"); break;
    case 5: fields[field] = `${fields[field] ?? ""}${odd}`; segments[at] = fields.join("|"); break;
    case 6: fields[field] = Array.from({ length: 1 + (value % 60) }, (_, part) => (part % 2 === 0 ? "x" : fields[field])).join(pick(["^", "~", "&", "\\", "|"], (value % 31) / 31)); segments[at] = fields.join("|"); break;
    case 7: segments[at] = (headers[value % headers.length] ?? "") + fields.slice(2).join("|"); break;
    case 8: segments.splice(at, 0, pick(["FHS|^~\\&|A", "BHS|^~\\&|A", `BTS|${value % 4}`, `FTS|${value % 3}`, "BTS", "BTS|x"], (value % 41) / 41)); break;
    default: segments[at] = (segments[at] ?? "").slice(0, value % 12);
  }
}

/** @param text - one message or more, whose segments are told by any line end. */
export const hl7Mutator = (text: string): Mutate => (damages) => {
  const segments = text.split(/[\r\n]+/).filter((line) => line !== "");
  let end = "\r";
  for (const damage of damages) {
    if (damage.kind % 4 < 3) spoil(segments, { ...damage, kind: Math.floor(damage.kind / 4) });
    else if (damage.kind % 16 === 3) end = lineEnds[damage.value % lineEnds.length] ?? "\r";
  }
  let bytes: Uint8Array = new TextEncoder().encode(segments.join(end) + end);
  for (const damage of damages) if (damage.kind % 4 === 3 && damage.kind % 16 !== 3) bytes = damageBytes(bytes, { ...damage, kind: Math.floor(damage.kind / 4) });
  return bytes;
};
