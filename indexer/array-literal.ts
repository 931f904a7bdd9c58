/** @returns values as the text of a Postgres array. */
export function arrayLiteral(values: readonly unknown[]): string {
  let text = "{";
  for (const value of values) text += text.length === 1 ? element(value) : `,${element(value)}`;
  return `${text}}`;
}

function element(value: unknown): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, "\\$&") : value}"`;
  return value instanceof Date ? `"${value.toISOString()}"` : String(value as number | bigint | boolean);
}
