import type { HashAndHeight } from "@subsquid/util-internal-processor-tools";
import { AppError } from "../schema/errors.js";
import type { Deployment } from "../platform/chain/deployment.js";
import type { Logger } from "../platform/log.js";
import type { Sql } from "./copy-rows.js";
import type { ChainRpc } from "./chain-rpc.js";
import { DivergedError } from "./chain-source.js";
import { createState, nothing, readState, writeState, type IndexState, type StoredState } from "./index-state.js";
import { rewindTo } from "./rewind.js";
import type { WriterSession } from "./writer-session.js";

export interface ReconcileOptions {
  readonly session: WriterSession;
  readonly rpc: ChainRpc;
  readonly deployment: Deployment;
  readonly finalityDepth: number;
  /** A development chain may forget final blocks (D5): then the tables follow it. A production chain never does. */
  readonly mayForget: boolean;
  readonly log: Logger;
}

export interface StartingPoint {
  readonly state: IndexState;
  /** Height up to which the chain is final now. */
  readonly finalizedHeight: number;
}

/**
 * Brings tables and chain to a common block before the processor starts: hot blocks that are gone are rolled back; what became
 * final while we were away is final.
 * @throws AppError CHAIN_MISMATCH if the tables or the node are of another chain; DivergedError if a final block is gone and
 * the chain may not forget, CHAIN_UNAVAILABLE if the node is behind the tables.
 */
export async function reconcile(options: ReconcileOptions): Promise<StartingPoint> {
  const { session, rpc, deployment, finalityDepth, log } = options;
  await checkChain(rpc, deployment);
  const latest = await rpc.latest();
  const finalizedHeight = Math.max(0, latest.height - finalityDepth);

  return session.transaction(async (sql) => {
    const stored = (await readState(sql)) ?? (await create(sql, deployment));
    if (stored.chainId !== BigInt(deployment.chainId) || stored.marketplace !== deployment.marketplace.toLowerCase()) {
      throw new AppError("CHAIN_MISMATCH", `The tables are of the market ${stored.marketplace} on chain ${stored.chainId}, the deployment is of ${deployment.marketplace} on ${deployment.chainId}.`);
    }
    let state: IndexState = stored;
    const common = await commonBlock(sql, stored, options);
    if (common.height < stored.head.height) {
      const { reverted, state: rewound } = await rewindTo(sql, stored, common);
      const deep = common.height < stored.finalized.height;
      log.warn({ from: stored.head.height, to: common.height, finalized: stored.finalized.height, reverted }, deep ? "the chain forgot final blocks: rewound to what it still has" : "rolled back blocks that are no longer on the chain");
      state = rewound;
    }
    const next = advanceFinal(state, finalizedHeight);
    if (next !== stored) await writeState(sql, next);
    return { state: next, finalizedHeight };
  });
}

/** Turns to the next node if the one that is asked is of another chain; throws when all are. */
async function checkChain(rpc: ChainRpc, deployment: Deployment): Promise<void> {
  for (let tried = 1; ; tried++) {
    const refusal = await refusalOf(rpc, deployment);
    if (!refusal) return;
    if (tried >= rpc.nodes) throw refusal;
    rpc.use((rpc.used + 1) % rpc.nodes);
  }
}

async function refusalOf(rpc: ChainRpc, deployment: Deployment): Promise<AppError | null> {
  const chainId = await rpc.chainId();
  if (chainId !== BigInt(deployment.chainId)) return new AppError("CHAIN_MISMATCH", `The RPC node serves chain ${chainId}, the deployment is on ${deployment.chainId}.`);
  return (await rpc.hasCode(deployment.marketplace)) ? null : new AppError("CHAIN_MISMATCH", `No contract at ${deployment.marketplace} on chain ${chainId}.`);
}

async function create(sql: Sql, { chainId, marketplace }: Deployment): Promise<StoredState> {
  await createState(sql, chainId, marketplace.toLowerCase());
  return { chainId: BigInt(chainId), marketplace: marketplace.toLowerCase(), head: nothing, finalized: nothing, hot: [], status: "SYNCING", rebuilds: 0 };
}

/** @returns the highest block that the tables and the chain share, as far as the tables know blocks; `nothing` if there is none. */
async function commonBlock(sql: Sql, stored: StoredState, { rpc, mayForget }: ReconcileOptions): Promise<HashAndHeight> {
  for (const block of [...stored.hot].reverse()) {
    if ((await rpc.headerAt(block.height))?.hash === block.hash) return block;
  }
  const { finalized } = stored;
  if (finalized.height < 0) return nothing;
  const there = await rpc.headerAt(finalized.height);
  if (there?.hash === finalized.hash) return finalized;
  if (!mayForget) {
    if (!there) throw new AppError("CHAIN_UNAVAILABLE", `The RPC node has no block ${finalized.height} yet, which was final: it is behind.`);
    throw new DivergedError(finalized);
  }
  // Blocks without an event of ours are not known by hash: the last known one before them is as good.
  for (let below = finalized.height; ; ) {
    const { rows } = await sql.query<{ height: number; hash: string }>("select number as height, hash from public.block where number < $1 order by number desc limit 50", [below]);
    for (const block of rows) {
      if ((await rpc.headerAt(block.height))?.hash === block.hash) return block;
    }
    if (rows.length === 0) return nothing;
    below = rows.at(-1)!.height;
  }
}

/** @returns the state with the finalized mark at `finalizedHeight`, or at the head if that is lower. */
function advanceFinal<State extends IndexState>(state: State, finalizedHeight: number): State | IndexState {
  const { head, finalized, hot, rebuilds } = state;
  if (finalizedHeight <= finalized.height && state.status !== "DIVERGED") return state;
  const status = "SYNCING" as const;
  if (finalizedHeight >= head.height) return hot.length === 0 && state.status !== "DIVERGED" ? state : { head, finalized: head, hot: [], status, rebuilds };
  const final = hot.find(({ height }) => height === finalizedHeight) ?? finalized;
  return { head, finalized: final, hot: hot.filter(({ height }) => height > final.height), status, rebuilds };
}

/** Notes that the chain lacks a final block of the tables, so that every reader can see it. */
export async function markDiverged(session: WriterSession): Promise<void> {
  await session.transaction((sql) => sql.query("update public.chain_status set status = 'DIVERGED' where id = 1 and status <> 'DIVERGED'"));
}
