import type { DataSource } from "typeorm";
import { AppError } from "../schema/errors.js";
import type { ChainRpc } from "./chain-rpc.js";
import { nothing, readState } from "./index-state.js";
import { inTransaction, withConnection } from "./operate.js";
import { rewindTo } from "./rewind.js";

export interface Rewound {
  readonly from: number;
  readonly to: number;
  /** Events taken back in the feed. */
  readonly reverted: number;
}

/**
 * Takes the index back to the end of block `toBlock` (-1: to nothing); a running indexer goes on from there by itself. Mends DIVERGED without a
 * full re-sync.
 * @throws AppError BAD_INPUT if the index is not above that block, CONFLICT if tables and chain disagree at or below it (the message
 * names a block to rewind to).
 */
export async function rewind({ database, rpc, toBlock }: { database: DataSource; rpc: ChainRpc; toBlock: number }): Promise<Rewound> {
  return withConnection(database, (sql) =>
    inTransaction(sql, async () => {
      const state = await readState(sql);
      if (!state || !Number.isInteger(toBlock) || toBlock < -1 || toBlock >= state.head.height) {
        throw new AppError("BAD_INPUT", `The index stands at block ${state?.head.height ?? -1}: choose a lower one to rewind to.`);
      }
      const { rows } = await sql.query<{ height: number; hash: string }>("select number as height, hash from public.block where number <= $1 order by number desc", [toBlock]);
      const agrees = async ({ height, hash }: { height: number; hash: string }): Promise<boolean> => (await rpc.headerAt(height))?.hash === hash;
      if (rows[0] && !(await agrees(rows[0]))) {
        let common = -1;
        for (const block of rows.slice(1)) {
          if (await agrees(block)) {
            common = block.height;
            break;
          }
        }
        throw new AppError("CONFLICT", `Block ${rows[0].height} of the tables is not on the chain: rewind to ${common}.`, { details: { common } });
      }
      const header = toBlock < 0 ? nothing : await rpc.headerAt(toBlock);
      if (!header) throw new AppError("BAD_INPUT", `The chain has no block ${toBlock}.`);
      const { reverted } = await rewindTo(sql, state, { height: header.height, hash: header.hash });
      return { from: state.head.height, to: toBlock, reverted };
    }),
  );
}
