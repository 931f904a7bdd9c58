import type { Cell } from "./copy-rows.js";
import { columnName, eachTable, versionedTables, type Columns, type Stamp, type Version } from "./tables.js";

/** The columns of each table with versions, and where a version has their values. */
export const versionCells = eachTable((table) => Object.entries<Columns[string]>(versionedTables[table]).map(([name, type]): Cell<Version> => ({ column: columnName(name), type, read: readerOf(name) })));

function readerOf(name: string): Cell<Version>["read"] {
  switch (name) {
    case "fromBlock":
      return (version) => version.fromBlock;
    case "toBlock":
      return (version) => version.toBlock;
    case "blockTime":
    case "transactionHash":
    case "logIndex":
      return (version) => version.at[name as keyof Stamp];
    default:
      return (version) => (version.facts as unknown as Record<string, unknown>)[name];
  }
}
