import { randomBytes } from "node:crypto";
import type { Sql } from "../copy-rows.js";

/** A row as it stood at a block, and what the contract must answer for it there. */
export interface Sample {
  /** Table and key, to name the row by. */
  readonly name: string;
  /** Of the marketplace, unless another contract is named. */
  readonly call: { readonly of?: "auditDraw"; readonly view: string; readonly args: readonly unknown[] };
  /** Fields of the contract's answer, as lower-case texts; `value` where it is no struct. */
  readonly expected: Readonly<Record<string, string>>;
}

/** Which rows to take: as they stood at the end of `height`, a random few a table. */
export interface SampleOptions {
  readonly sql: Sql;
  readonly height: number;
  /** Of that block, in seconds since 1970. */
  readonly time: bigint;
  /** Rows a table, at most. */
  readonly each: number;
}

/** Takes samples of one table. */
export type Sampler = (options: SampleOptions) => Promise<Sample[]>;

/** Versions that were true at block $1. */
export const asOf = "from_block <= $1 and (to_block is null or to_block > $1)";
/** Added rows that were there at block $1. */
const since = "block_number <= $1";

/**
 * Rows from a random place in the key's order on, and then from the start: cheap, as keys are hashes or addresses.
 * @param table ours, never user input; so is `columns`.
 * @param digits of the key, in hex.
 */
export async function sampleRows<Row>({ sql, height, each }: SampleOptions, table: string, key: string, digits: number, kind: "versions" | "added" = "versions"): Promise<Row[]> {
  const place = `0x${randomBytes(digits / 2).toString("hex")}`;
  const part = async (side: ">=" | "<", limit: number): Promise<Row[]> =>
    (await sql.query(`select * from public.${table} where ${kind === "versions" ? asOf : since} and ${key} ${side} $2 order by ${key} limit $3`, [height, place, limit])).rows as Row[];
  const after = await part(">=", each);
  return after.length === each ? after : [...after, ...(await part("<", each - after.length))];
}
