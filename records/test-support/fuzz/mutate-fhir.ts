import { type Damage, damageBytes, type Mutate, oddTexts, pick } from "./damage.js";

type Node = Record<string, unknown> | unknown[];
interface Slot { readonly owner: Node; readonly key: string | number }

/** Every place in a value, so that each is as likely to be hit. */
function slots(value: unknown, found: Slot[] = []): Slot[] {
  if (typeof value !== "object" || value === null) return found;
  const owner = value as Node;
  const keys: Iterable<string | number> = Array.isArray(owner) ? owner.map((_, index) => index) : Object.keys(owner);
  for (const key of keys) {
    found.push({ owner, key });
    slots((owner as Record<string | number, unknown>)[key], found);
  }
  return found;
}

const nested = (depth: number, around: unknown): unknown => { let value = around; for (let at = 0; at < depth; at += 1) value = at % 2 === 0 ? [value] : { item: value }; return value; };

/** Values of every JSON kind, right and wrong. */
const values: readonly ((given: unknown, value: number) => unknown)[] = [
  () => null, () => true, (_, value) => value, () => -1e308, () => 1e15, () => ({}), () => [], (given) => [given], (given) => [given, given, null], (given) => ({ value: given }),
  (_, value) => oddTexts[value % oddTexts.length], (given, value) => `${String(given)}${oddTexts[value % oddTexts.length] ?? ""}`, (given, value) => nested(value % 200, given),
  () => "ValueSet", () => ({ resourceType: "Bundle", entry: [{ resource: { resourceType: "Patient" } }] }), () => ({ resourceType: "Nonsense" }), () => ({ resourceType: 5 }),
];

function spoil(root: unknown, { kind, place, value }: Damage): void {
  const all = slots(root);
  if (all.length === 0) return;
  const { owner, key } = pick(all, place);
  const record = owner as Record<string | number, unknown>;
  const other = pick(all, (value % 997) / 997);
  switch (kind % 6) {
    case 0: if (Array.isArray(owner)) owner.splice(Number(key), 1); else Reflect.deleteProperty(record, key); break;
    case 1: { const text = oddTexts[value % oddTexts.length] ?? ""; if (!Array.isArray(owner)) { record[`${String(key)}${text}`] = record[key]; Reflect.deleteProperty(record, key); } break; }
    case 2: record[key] = structuredClone((other.owner as Record<string | number, unknown>)[other.key]); break;
    case 3: if (!Array.isArray(owner)) record[`_${String(key)}`] = structuredClone(record[key]); break;
    default: record[key] = values[value % values.length]?.(record[key], value);
  }
}

/** What no object can be made to say: a key twice, comments, trailing commas, odd numbers, a second value. */
function spoilText(text: string, { kind, place, value }: Damage): string {
  const marks = [...text.matchAll(/[,:{}[\]]/g)].map(({ index }) => index);
  const at = marks.length === 0 ? 0 : pick(marks, place);
  const put = (piece: string): string => text.slice(0, at + 1) + piece + text.slice(at + 1);
  switch (kind % 7) {
    case 0: return put('"id":"twice",');
    case 1: return put("/* note */");
    case 2: return put(",");
    case 3: return put(pick(["NaN", "Infinity", "01", "1e5000", "undefined", "'x'", "-", '"\\ud800"', '"\\x"'], (value % 101) / 101));
    case 4: return text + pick(["\n{}", "{}", "\n\n", "]", "\nnull", "\n[1]", "\0"], (value % 101) / 101);
    case 5: return `\ufeff${text}`;
    default: return text.slice(0, at) + text.slice(at + 1);
  }
}

/** @param lines - one resource (FHIR_JSON), or several, each of which becomes a line (FHIR_NDJSON). */
export const fhirMutator = (lines: readonly string[]): Mutate => (damages) => {
  const roots = lines.map((line): unknown => JSON.parse(line));
  // Most damage is to the tree, so that it gets past the JSON parser.
  for (const damage of damages) if (damage.kind % 4 < 2) spoil(pick(roots, (damage.value % 89) / 89), { ...damage, kind: Math.floor(damage.kind / 4) });
  let text = roots.map((root) => JSON.stringify(root)).join("\n") + (lines.length > 1 ? "\n" : "");
  for (const damage of damages) if (damage.kind % 4 === 2) text = spoilText(text, { ...damage, kind: Math.floor(damage.kind / 4) });
  let bytes: Uint8Array = new TextEncoder().encode(text);
  for (const damage of damages) if (damage.kind % 4 === 3) bytes = damageBytes(bytes, { ...damage, kind: Math.floor(damage.kind / 4) });
  return bytes;
};
