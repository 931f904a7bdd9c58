import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "../platform/log.js";
import type { ChainHeader, ChainRpc } from "./chain-rpc.js";
import type { IndexerMetrics } from "./indexer-metrics.js";

export interface WatchNodesOptions {
  readonly rpc: ChainRpc;
  readonly chainId: number;
  readonly finalityDepth: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly metrics: IndexerMetrics;
  /** Pause between looks, in ms. */
  readonly everyMs: number;
}

/** Blocks that the node asked may be behind the best one. */
const lagLimit = 5;

interface Look {
  readonly node: number;
  /** Null: does not answer, or serves another chain. */
  readonly head: ChainHeader | null;
  /** Hash at the highest block that is final on every node. */
  finalHash: string | null;
}

/**
 * Looks at every node now and then: tells head time, peers and sync state, and turns to another node when the one that is asked is silent, far
 * behind, or alone in what it takes for final. Resolves when `signal` aborts.
 */
export async function watchNodes(options: WatchNodesOptions): Promise<void> {
  const { signal, everyMs } = options;
  while (!signal.aborted) {
    await lookAtNodes(options).catch((error: unknown) => options.log.warn({ error }, "the nodes could not be looked at"));
    await wait(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** One look; exported for tests. */
export async function lookAtNodes({ rpc, chainId, finalityDepth, log, metrics }: WatchNodesOptions): Promise<void> {
  const looks = await Promise.all(Array.from({ length: rpc.nodes }, (_, node) => look(rpc, node, chainId)));
  for (const { node, head } of looks) {
    const labels = { node: rpc.host(node) };
    metrics.nodeUp.set(labels, head ? 1 : 0);
    if (!head) continue;
    metrics.nodeHead.set(labels, head.height);
    metrics.nodeDrift.set(labels, Date.now() / 1000 - head.time.getTime() / 1000);
    const { peers, syncing } = await rpc.only(node).nodeState();
    if (peers !== null) metrics.nodePeers.set(labels, peers);
    if (syncing !== null) metrics.nodeSyncing.set(labels, syncing ? 1 : 0);
  }
  const alive = looks.filter((one): one is Look & { head: ChainHeader } => one.head !== null);
  if (alive.length < 2 && alive[0]?.node === rpc.used) return;
  const better = await betterNode(rpc, alive, finalityDepth);
  metrics.nodesDisagree.set(new Set(alive.map(({ finalHash }) => finalHash)).size > 1 ? 1 : 0);
  if (better === null || better.node === rpc.used) return;
  log.warn({ from: rpc.host(rpc.used), to: rpc.host(better.node), reason: better.reason }, "turning to another node");
  rpc.use(better.node);
}

async function look(rpc: ChainRpc, node: number, chainId: number): Promise<Look> {
  const one = rpc.only(node);
  try {
    const right = (await one.chainId()) === BigInt(chainId);
    return { node, head: right ? await one.latest() : null, finalHash: null };
  } catch {
    return { node, head: null, finalHash: null };
  }
}

/** @returns the node to ask instead of the one that is asked, and why; null if that one is as good as any. */
async function betterNode(rpc: ChainRpc, alive: (Look & { head: ChainHeader })[], finalityDepth: number): Promise<{ node: number; reason: string } | null> {
  if (alive.length === 0) return null;
  const best = alive.reduce((a, b) => (b.head.height > a.head.height ? b : a));
  const used = alive.find(({ node }) => node === rpc.used);
  if (!used) return { node: best.node, reason: "it does not answer, or serves another chain" };
  const final = Math.max(0, Math.min(...alive.map(({ head }) => head.height)) - finalityDepth);
  for (const one of alive) one.finalHash = (await rpc.only(one.node).headerAt(final).catch(() => null))?.hash ?? null;
  const votes = (hash: string | null): number => alive.filter(({ finalHash }) => finalHash === hash).length;
  const major = alive.reduce((a, b) => (votes(b.finalHash) > votes(a.finalHash) ? b : a));
  if (major.finalHash !== used.finalHash && votes(major.finalHash) > alive.length / 2) return { node: major.node, reason: `most nodes have another block ${final}` };
  return best.head.height - used.head.height > lagLimit ? { node: best.node, reason: `it is ${best.head.height - used.head.height} blocks behind` } : null;
}
