import type { ChainHeader, ChainRpc } from "./chain-rpc.js";

/** Blocks that the node asked may be behind the best one. */
const lagLimit = 5;

/** A node that answers and serves our chain. */
export interface LiveNode {
  readonly node: number;
  readonly head: ChainHeader;
}

export interface NodeChoice {
  /** The node to ask instead of the one that is asked, and why; null if that one is as good as any. */
  readonly better: { readonly node: number; readonly reason: string } | null;
  /** Nodes have different blocks at a height that is final on all. */
  readonly disagree: boolean;
}

/** Compares the nodes that are alive: by the block that is final on all, and by how far they are. */
export async function betterNode(rpc: ChainRpc, alive: readonly LiveNode[], finalityDepth: number): Promise<NodeChoice> {
  if (alive.length === 0) return { better: null, disagree: false };
  const final = Math.max(0, Math.min(...alive.map(({ head }) => head.height)) - finalityDepth);
  const hashes = new Map(await Promise.all(alive.map(async ({ node }) => [node, (await rpc.only(node).headerAt(final).catch(() => null))?.hash ?? null] as const)));
  const disagree = new Set(hashes.values()).size > 1;
  const best = alive.reduce((a, b) => (b.head.height > a.head.height ? b : a));
  const used = alive.find(({ node }) => node === rpc.used);
  if (!used) return { better: { node: best.node, reason: "it does not answer, or serves another chain" }, disagree };
  const votes = (node: number): number => [...hashes.values()].filter((hash) => hash === hashes.get(node)).length;
  const major = alive.reduce((a, b) => (votes(b.node) > votes(a.node) ? b : a));
  if (hashes.get(major.node) !== hashes.get(used.node) && votes(major.node) > alive.length / 2) return { better: { node: major.node, reason: `most nodes have another block ${final}` }, disagree };
  const behind = best.head.height - used.head.height;
  return { better: behind > lagLimit ? { node: best.node, reason: `it is ${behind} blocks behind` } : null, disagree };
}
