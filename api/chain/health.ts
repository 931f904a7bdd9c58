import type { DataSource } from "typeorm";
import { chainWatchSeen } from "../../schema/chain-watch.js";
import type { Chain } from "../types/chain.js";

interface Row {
  height: number | null;
  mismatch: string | null;
  observed_at: Date | null;
  seen: unknown;
}

/** What the indexer's self-check found, and what it last saw of nodes and signers. */
export async function readChainHealth(database: DataSource): Promise<Pick<Chain, "lastVerifiedBlock" | "mismatch" | "health">> {
  const [row] = (await database.query(
    "select v.height, v.mismatch, w.observed_at, w.seen from (select 1) one left join chain_verification v on v.id = 1 left join chain_watch w on w.id = 1",
  )) as [Row];
  if (row.observed_at === null) return { lastVerifiedBlock: row.height, mismatch: row.mismatch, health: null };
  const { nodes, signers, alarms } = chainWatchSeen.parse(row.seen);
  return {
    lastVerifiedBlock: row.height,
    mismatch: row.mismatch,
    health: { observedAt: row.observed_at, nodes: nodes.map(({ drift, ...node }, index) => ({ number: index + 1, driftSeconds: drift === null ? null : Math.round(drift), ...node })), signers, alarms },
  };
}
