import { type Damage, damageBytes, type Mutate, oddTexts, pick } from "./damage.js";

const headers = ["name", "patient id", "birthdate", "age", "zip", "sex", "diagnosis code", "date", "", "42", "2020-01-01", "a,b", 'say "hi"', "__proto__", "toString"] as const;

function spoil(rows: string[][], { kind, place, value }: Damage): void {
  const at = Math.min(rows.length - 1, Math.floor(place * rows.length));
  const row = rows[at];
  if (row === undefined) return;
  const column = value % Math.max(1, row.length);
  const odd = oddTexts[value % oddTexts.length] ?? "";
  switch (kind % 10) {
    case 0: rows.splice(at, 1); break;
    case 1: rows.splice(at, 0, row.slice()); break;
    case 2: row.splice(column, 1); break;
    case 3: row.splice(column, 0, odd); break;
    case 4: row[column] = odd; break;
    case 5: row[column] = `${row[column] ?? ""}${odd}`; break;
    case 6: row[column] = `"${(row[column] ?? "").replaceAll('"', '""')}${pick(["", '"', "\n", '""', "\r\n", ","], (value % 61) / 61)}"`; break;
    case 7: { const first = rows[0]; if (first !== undefined) first[value % Math.max(1, first.length)] = headers[value % headers.length] ?? ""; break; }
    case 8: for (const one of rows) one.splice(column, 1); break;
    default: for (const [index, one] of rows.entries()) one.splice(column, 0, index === 0 ? (headers[value % headers.length] ?? "") : odd.slice(0, 20));
  }
}

/** @param text - a table with commas and without quotes. */
export const csvMutator = (text: string): Mutate => (damages) => {
  const rows = text.trimEnd().split("\n").map((line) => line.split(","));
  let [delimiter, end] = [",", "\n"];
  for (const damage of damages) {
    if (damage.kind % 4 < 3) spoil(rows, { ...damage, kind: Math.floor(damage.kind / 4) });
    else if (damage.kind % 16 === 3) { delimiter = pick([",", ";", "\t", "|", ":", " "], (damage.value % 31) / 31); end = pick(["\n", "\r\n", "\r", "\n\n"], (damage.value % 37) / 37); }
  }
  let bytes: Uint8Array = new TextEncoder().encode(rows.map((row) => row.join(delimiter)).join(end) + end);
  for (const damage of damages) if (damage.kind % 4 === 3 && damage.kind % 16 !== 3) bytes = damageBytes(bytes, { ...damage, kind: Math.floor(damage.kind / 4) });
  return bytes;
};
