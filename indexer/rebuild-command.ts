import type { DataSource } from "typeorm";
import type { Deployment } from "../platform/chain/deployment.js";
import { AppError } from "../schema/errors.js";
import type { Sql } from "./copy-rows.js";
import type { ChainRpc } from "./chain-rpc.js";
import { readState } from "./index-state.js";
import { inTransaction, withConnection } from "./operate.js";
import { followedAddresses } from "./followed-addresses.js";
import { readRange } from "./read-range.js";
import { createTableCopies } from "./table-copies.js";
import { rebuildable } from "./tables.js";
import { writeRows } from "./write-rows.js";

export interface Rebuilt {
  /** Block up to which the tables were made again. */
  readonly height: number;
  readonly events: number;
  /** Rows that the tables had wrongly, and lacked; all 0 when they were right. */
  readonly mended: Readonly<Record<string, { readonly removed: number; readonly added: number }>>;
}

const schema = "indexer_rebuild";

/** How often the last blocks are read again when the chain moves meanwhile. */
const attempts = 5;

/**
 * Makes the tables again from the chain, beside the live ones, and puts them in their place in one transaction: readers see the old rows or the new, a
 * running indexer waits for the moment of the change, and the feed is left as it is. The change is written as the difference, so that
 * indexes, grants and views stay what they are; if the tables are right, nothing is written.
 */
export async function rebuild({ database, rpc, deployment }: { database: DataSource; rpc: ChainRpc; deployment: Deployment }): Promise<Rebuilt> {
  return withConnection(database, async (sql) => {
    await sql.query("set statement_timeout = 0");
    await createTableCopies(sql, schema);
    try {
      let events = 0;
      let next = deployment.deployBlock;
      const project = async (to: number, known: ReadonlyMap<number, string>): Promise<void> => {
        for await (const { blocks, last } of readRange(rpc, followedAddresses(deployment), next, to)) {
          for (const { header } of blocks) {
            if (known.has(header.height) && known.get(header.height) !== header.hash) throw chainMoved(header.height);
          }
          if (known.has(last.height) && known.get(last.height) !== last.hash) throw chainMoved(last.height);
          events += (await writeRows(sql, schema, blocks)).length;
        }
        next = Math.max(next, to + 1);
      };
      const { rows } = await sql.query<{ finalized: number }>("select finalized_height as finalized from public.chain_status");
      const finalized = rows[0]?.finalized ?? -1;
      await inTransaction(sql, () => project(finalized, new Map()));

      for (let attempt = 1; ; attempt++) {
        try {
          const done = { events, next };
          return await inTransaction(sql, async () => {
            ({ events, next } = done);
            const state = await readState(sql);
            if (!state) throw new AppError("CONFLICT", "Nothing was indexed yet: there is nothing to rebuild.");
            if (state.finalized.height < finalized) throw new AppError("CONFLICT", "The index was rewound meanwhile: start the rebuild again.");
            await project(state.head.height, new Map([state.finalized, ...state.hot].map(({ height, hash }) => [height, hash])));
            return { height: state.head.height, events, mended: await replaceRows(sql) };
          });
        } catch (error) {
          if (attempt === attempts || !(error instanceof AppError) || !error.retryable) throw error;
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
      }
    } finally {
      await sql.query(`drop schema if exists ${schema} cascade`);
    }
  });
}

const chainMoved = (height: number): AppError => new AppError("CHAIN_UNAVAILABLE", `The chain's block ${height} is not the one that was indexed: the indexer has not followed yet.`);

/** Makes the live tables equal to the rebuilt ones, and forgets what the self-check had found wrong. */
async function replaceRows(sql: Sql): Promise<Rebuilt["mended"]> {
  const mended: [string, { removed: number; added: number }][] = [];
  for (const [table, key] of Object.entries(rebuildable)) {
    const removed = await sql.query(`delete from public.${table} where (${key}) in (select ${key} from (select * from public.${table} except all select * from ${schema}.${table}) wrong)`);
    const added = await sql.query(`insert into public.${table} select * from ${schema}.${table} except all select * from public.${table}`);
    mended.push([table, { removed: removed.rowCount ?? 0, added: added.rowCount ?? 0 }]);
  }
  await sql.query("update public.chain_verification set mismatch = null");
  if (mended.some(([, { removed, added }]) => removed + added > 0)) await sql.query("update public.chain_status set rebuilds = rebuilds + 1");
  return Object.fromEntries(mended);
}
