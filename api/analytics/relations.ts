import { mirrorTables } from "./mirror-tables.js";

/**
 * Begin of a statement that gives the mirror's tables the names and columns that Postgres' have, as of a block: the same text then asks either.
 * @param block - null for now. Numbers are ours or checked.
 */
export function mirrorRelations(block: number | null): string {
  const relations = mirrorTables.map(({ name, columns }) => {
    const list = [...columns.map((column) => column.name), "from_block", "null::integer as to_block"].join(", ");
    const parts =
      block === null
        ? [`${name}_now`, `${name}_hot where to_block is null`]
        : [`${name}_now where from_block <= ${block}`, ...["past", "hot"].map((part) => `${name}_${part} where from_block <= ${block} and (to_block is null or to_block > ${block})`)];
    return `${name} as not materialized (${parts.map((part) => `select ${list} from ${part}`).join(" union all ")})`;
  });
  return relations.join(", ");
}
