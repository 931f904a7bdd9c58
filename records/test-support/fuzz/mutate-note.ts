import { type Damage, damageBytes, type Mutate, oddTexts } from "./damage.js";

function spoil(lines: string[], { kind, place, value }: Damage): void {
  const at = Math.min(lines.length - 1, Math.floor(place * lines.length));
  const odd = oddTexts[value % oddTexts.length] ?? "";
  const line = lines[at] ?? "";
  switch (kind % 6) {
    case 0: lines.splice(at, 1); break;
    case 1: lines.splice(at, 0, line); break;
    case 2: lines.splice(at, 0, odd); break;
    case 3: lines[at] = line.slice(0, value % (line.length + 1)) + odd + line.slice(value % (line.length + 1)); break;
    case 4: lines[at] = value % 2 === 0 ? line.toUpperCase() : line.toLowerCase(); break;
    default: lines[at] = line.replace(/\s+/g, odd.slice(0, 3));
  }
}

/** @param text - a note of several lines. */
export const noteMutator = (text: string): Mutate => (damages) => {
  const lines = text.split("\n");
  for (const damage of damages) if (damage.kind % 3 > 0) spoil(lines, { ...damage, kind: Math.floor(damage.kind / 3) });
  let bytes: Uint8Array = new TextEncoder().encode(lines.join("\n"));
  for (const damage of damages) if (damage.kind % 3 === 0) bytes = damageBytes(bytes, { ...damage, kind: Math.floor(damage.kind / 3) });
  return bytes;
};
