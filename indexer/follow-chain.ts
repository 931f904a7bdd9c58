import type { Deployment } from "../platform/chain/deployment.js";
import type { Logger } from "../platform/log.js";
import { AppError } from "../schema/errors.js";
import { followedAddresses } from "./followed-addresses.js";
import { BlockReader } from "./read-blocks.js";
import type { ChainHeader, ChainRpc } from "./chain-rpc.js";
import { ChainSource } from "./chain-source.js";
import { areIndexesAside, putIndexesAside, restoreIndexes } from "./indexes-aside.js";
import { nothing, sameBlock } from "./index-state.js";
import { MarketDatabase, type Committed } from "./market-database.js";
import { runProcessor } from "./run-processor.js";
import { reconcile } from "./reconcile.js";
import type { WriterSession } from "./writer-session.js";

/** A chain with a past of more final blocks than this is written without indexes at first. */
const longPast = 100;

export interface FollowOptions {
  readonly session: WriterSession;
  readonly rpc: ChainRpc;
  readonly deployment: Deployment;
  readonly finalityDepth: number;
  readonly pollIntervalMs: number;
  readonly mayForget: boolean;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onHead: (head: ChainHeader) => void;
  readonly onCommit: (committed: Committed) => void;
}

/** Brings the tables up to the chain and keeps them there. Never ends by itself: it rejects when `signal` aborts or an error comes. */
export async function followChain(options: FollowOptions): Promise<void> {
  const { session, rpc, deployment, finalityDepth, log } = options;
  const { state, finalizedHeight } = await reconcile(options);
  log.info({ indexed: state.head.height, finalized: state.finalized.height, chainFinalized: finalizedHeight }, "following the chain");
  const stale = new AbortController();
  const signal = AbortSignal.any([options.signal, session.signal, stale.signal]);
  const source = new ChainSource(
    { rpc, reader: new BlockReader(rpc, followedAddresses(deployment)), finalityDepth, pollIntervalMs: options.pollIntervalMs, signal, onHead: options.onHead },
    finalizedHeight,
  );
  const behind = finalizedHeight - Math.max(state.head.height, deployment.deployBlock);
  const indexesAside = await session.transaction(async (sql) => {
    if (behind <= longPast) await restoreIndexes(sql);
    else if (sameBlock(state.head, nothing)) await putIndexesAside(sql);
    return areIndexesAside(sql);
  });
  if (indexesAside) log.info({ behind }, "indexes are put aside until the chain's past is written");
  const database = new MarketDatabase(session, state, options.onCommit, indexesAside);
  session.onIdle = (head) => {
    if (!sameBlock(head, database.head)) stale.abort(new AppError("CONFLICT", `The tables were taken to block ${head.height} by somebody else.`));
  };
  try {
    await runProcessor({ source, database, deployBlock: deployment.deployBlock, allBlocksAreFinal: finalityDepth === 0 });
  } finally {
    await database.settled();
  }
}
