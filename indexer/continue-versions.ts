import { AppError } from "../schema/errors.js";
import { arrayLiteral } from "./array-literal.js";
import { carriedColumns } from "./carried-columns.js";
import type { Sql } from "./copy-rows.js";
import type { Ended } from "./projection.js";
import type { VersionedFacts } from "./rows.js";
import { columnName, keyOf, type Version } from "./tables.js";
import { versionCells } from "./version-cells.js";

/**
 * Ends current versions and writes those that follow, in one statement: what no event changes is carried over from the version that ends.
 * @throws AppError CONFLICT when a version is not in the table as it was believed to be.
 */
export async function continueVersions(sql: Sql, schema: string, table: keyof VersionedFacts, ended: readonly Ended[], versions: readonly Version[]): Promise<void> {
  if (ended.length === 0) return;
  const key = columnName(keyOf[table]);
  const carried = (carriedColumns[table] as readonly string[]).map(columnName);
  const cells = versionCells[table].filter(({ column }) => !carried.includes(column));
  const names = cells.map(({ column }) => column);
  const parameter = (index: number): string => `$${index + 1}`;
  const { rowCount } = await sql.query(
    `with ended as (
       update ${schema}.${table} t set to_block = e.to_block
       from unnest(${parameter(cells.length)}::text[], ${parameter(cells.length + 1)}::integer[], ${parameter(cells.length + 2)}::integer[]) e (key, from_block, to_block)
       where t.${key} = e.key and t.from_block = e.from_block and t.to_block is null
       returning ${[key, ...carried].map((name) => `t.${name}`).join(", ")}
     )
     insert into ${schema}.${table} (${[...names, ...carried].join(", ")})
     select ${[...names.map((name) => `v.${name}`), ...carried.map((name) => `ended.${name}`)].join(", ")}
     from unnest(${cells.map(({ type }, index) => `${parameter(index)}::${type}[]`).join(", ")}) v (${names.join(", ")}) join ended using (${key})`,
    [...cells.map(({ read }) => arrayLiteral(versions.map(read))), arrayLiteral(ended.map((end) => end.key)), arrayLiteral(ended.map((end) => end.fromBlock)), arrayLiteral(ended.map((end) => end.toBlock))],
  );
  if (rowCount !== versions.length) throw new AppError("CONFLICT", `Of ${versions.length} versions of ${table} ${rowCount} follow one that is in the table.`);
}
