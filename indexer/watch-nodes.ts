import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "pg";
import type { Logger } from "../platform/log.js";
import { classifyError } from "../platform/service/classify-error.js";
import { ChainAlarm, type ChainWatchSeen } from "../schema/chain-watch.js";
import { betterNode, type LiveNode } from "./better-node.js";
import { chainAlarms } from "./chain-alarms.js";
import type { ChainHeader, ChainRpc } from "./chain-rpc.js";
import type { IndexerMetrics } from "./indexer-metrics.js";
import type { IndexerHealth } from "./run-indexer.js";
import { Signers } from "./signers.js";

export interface LookOptions {
  readonly rpc: ChainRpc;
  readonly chainId: number;
  readonly finalityDepth: number;
  readonly log: Logger;
  readonly metrics: IndexerMetrics;
}
export interface WatchNodesOptions extends LookOptions {
  readonly pool: Pool;
  readonly health: IndexerHealth;
  readonly signal: AbortSignal;
  /** Pause between looks, in ms. */
  readonly everyMs: number;
}

/**
 * Looks at every node now and then: tells head time, peers, sync state and signers in metrics and, while this process writes, in
 * `chain_watch`; raises and clears alarms; and turns to another node when the one that is asked is silent, far behind, or alone in what it
 * takes for final. Resolves when `signal` aborts.
 */
export async function watchNodes(options: WatchNodesOptions): Promise<void> {
  const { pool, health, signal, everyMs, log } = options;
  const signers = new Signers();
  let raised: ChainWatchSeen["alarms"] = [];
  while (!signal.aborted) {
    try {
      const seen = await lookAtNodes(options, signers);
      tellChanges(log, raised, seen.alarms);
      raised = seen.alarms;
      if (health.role === "writer") {
        await pool.query("insert into public.chain_watch (id, observed_at, seen) values (1, now(), $1) on conflict (id) do update set observed_at = now(), seen = excluded.seen", [JSON.stringify(seen)]);
      }
    } catch (error) {
      if (!signal.aborted) log.warn({ error: classifyError(error) }, "the nodes could not be looked at");
    }
    await wait(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** One look; exported for tests. */
export async function lookAtNodes({ rpc, chainId, finalityDepth, log, metrics }: LookOptions, signers: Signers): Promise<ChainWatchSeen> {
  const heads = await Promise.all(Array.from({ length: rpc.nodes }, (_, node) => headOf(rpc.only(node), chainId)));
  const alive = heads.flatMap((head, node): LiveNode[] => (head ? [{ node, head }] : []));
  const { better, disagree } = alive.length < 2 && alive[0]?.node === rpc.used ? { better: null, disagree: false } : await betterNode(rpc, alive, finalityDepth);
  if (better !== null && better.node !== rpc.used) {
    log.warn({ from: rpc.host(rpc.used), to: rpc.host(better.node), reason: better.reason }, "turning to another node");
    rpc.use(better.node);
  }
  const nodes = await Promise.all(heads.map((head, node) => nodeSeen(rpc, node, head)));
  const used = heads[rpc.used];
  // A node that cannot show its last blocks is an alarm of its own.
  if (used) await signers.follow(rpc.only(rpc.used), used).catch((error: unknown) => log.warn({ error: classifyError(error) }, "the signers of the last blocks could not be read"));
  const seen = { nodes, signers: signers.list };
  const alarms = chainAlarms(seen, disagree);
  setMetrics(metrics, rpc, { ...seen, alarms });
  return { ...seen, alarms };
}

/** @returns the node's newest block; null if it does not answer, or serves another chain. */
async function headOf(one: ChainRpc, chainId: number): Promise<ChainHeader | null> {
  try {
    return (await one.chainId()) === BigInt(chainId) ? await one.latest() : null;
  } catch {
    return null;
  }
}

async function nodeSeen(rpc: ChainRpc, node: number, head: ChainHeader | null): Promise<ChainWatchSeen["nodes"][number]> {
  const used = node === rpc.used;
  if (!head) return { up: false, used, head: null, drift: null, peers: null, syncing: null };
  return { up: true, used, head: head.height, drift: (Date.now() - head.time.getTime()) / 1000, ...(await rpc.only(node).nodeState()) };
}

function setMetrics(metrics: IndexerMetrics, rpc: ChainRpc, { nodes, signers, alarms }: ChainWatchSeen): void {
  nodes.forEach(({ up, head, drift, peers, syncing }, node) => {
    const labels = { node: rpc.host(node) };
    metrics.nodeUp.set(labels, up ? 1 : 0);
    if (head !== null) metrics.nodeHead.set(labels, head);
    if (drift !== null) metrics.nodeDrift.set(labels, drift);
    if (peers !== null) metrics.nodePeers.set(labels, peers);
    if (syncing !== null) metrics.nodeSyncing.set(labels, syncing ? 1 : 0);
  });
  metrics.signerBlock.reset();
  for (const { address, lastBlock } of signers) metrics.signerBlock.set({ signer: address }, lastBlock);
  for (const alarm of Object.values(ChainAlarm)) metrics.alarm.set({ alarm }, alarms.filter((one) => one.alarm === alarm).length);
}

/** Logs what was raised and cleared since the last look. */
function tellChanges(log: Logger, before: ChainWatchSeen["alarms"], now: ChainWatchSeen["alarms"]): void {
  const has = (list: ChainWatchSeen["alarms"], alarm: ChainAlarm): boolean => list.some((one) => one.alarm === alarm);
  for (const { alarm, about } of now) if (!has(before, alarm)) log.error({ alarm, about }, "alarm raised");
  for (const alarm of new Set(before.map((one) => one.alarm))) if (!has(now, alarm)) log.info({ alarm }, "alarm cleared");
}
