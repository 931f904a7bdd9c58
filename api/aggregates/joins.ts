import { versionsAt } from "../chain/as-of.js";
import { part, type SqlPart } from "../filters/sql.js";

/** Joins a table of versions as it was at the block that the whole answer is of. Texts are ours. */
export const joinVersion = (table: string, alias: string, on: string) => (at: number | null): SqlPart => {
  const { text, values } = versionsAt(alias, at);
  return part(`left join ${table} ${alias} on ${on} and ${text}`, ...values);
};
