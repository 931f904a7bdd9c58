import type { JsonRpcProvider } from "ethers";
import type { DataSource } from "typeorm";

/** `extensions.chain` of every response. What it answers is at least as new as this says. */
export interface ChainFreshness {
  indexedBlock: number;
  indexedHash: string;
  /** ISO 8601; null before the first indexed block, and while the node cannot be asked. */
  indexedTime: string | null;
  head: number;
  finalized: number;
  /** Blocks that the index is behind the head. */
  lag: number;
  /** SYNCING, LIVE or DIVERGED. */
  status: string;
}

export interface Freshness {
  /** Ask BEFORE reading anything for an answer: what is read after can only be newer. */
  now(): Promise<ChainFreshness>;
  /** What `now` answered last, for who must not wait: older than what is read since, never newer. Null before the first answer. */
  recent(): ChainFreshness | null;
  /** To be called when the indexer tells of a change. */
  invalidate(): void;
  close(): void;
}

/** How often the RPC node is asked for its head while answers are wanted, in ms. */
const headEveryMs = 500;
/** Upper bound of the age of what is remembered, in ms, should a notification be lost. */
const rememberMs = 1_000;

interface StatusRow {
  height: number;
  hash: string;
  finalized_height: number;
  status: string;
}

/** Remembers the index's position until told otherwise, so that not every request pays for a statement. */
export function trackFreshness({ database, provider }: { database: DataSource; provider: JsonRpcProvider }): Freshness {
  let head = 0;
  let headAt = 0;
  let asking: Promise<void> | undefined;
  /** A time that the node does not know is asked for again, but not by every request. */
  let timed: { hash: string; time: string | null; at: number } | undefined;
  let latest: ChainFreshness | null = null;
  let remembered: { at: number; row: Promise<StatusRow | undefined> } | undefined;

  const askHead = (): Promise<void> => {
    asking ??= provider
      .send("eth_blockNumber", [])
      .then((number: string) => {
        head = Math.max(head, Number(number));
      })
      .catch(() => undefined) // an unreachable node shows in /ready; the last known head is told meanwhile
      .finally(() => {
        headAt = Date.now();
        asking = undefined;
      });
    return asking;
  };
  const readStatus = async (): Promise<StatusRow | undefined> => {
    const rows = (await database.query(
      "select height, hash, finalized_height, status from chain_status where id = 1",
    )) as StatusRow[];
    return rows[0];
  };

  // The index keeps blocks with events alone: the time of any other is the node's to tell.
  const timeOf = async (hash: string): Promise<string | null> => {
    if (timed?.hash === hash && (timed.time !== null || Date.now() - timed.at < headEveryMs)) return timed.time;
    const block = (await provider.send("eth_getBlockByHash", [hash, false]).catch(() => null)) as { timestamp: string } | null;
    const time = block ? new Date(Number(block.timestamp) * 1000).toISOString() : null;
    timed = { hash, time, at: Date.now() };
    return time;
  };

  return {
    async now() {
      if (head === 0) await askHead();
      else if (Date.now() - headAt > headEveryMs) void askHead();
      if (!remembered || Date.now() - remembered.at > rememberMs) remembered = { at: Date.now(), row: readStatus() };
      const current = remembered;
      let row: StatusRow | undefined;
      try {
        row = await current.row;
      } catch (error) {
        if (remembered === current) remembered = undefined; // a failure is not to be remembered
        throw error;
      }
      const indexedBlock = row?.height ?? -1;
      const newest = Math.max(head, indexedBlock);
      latest = {
        indexedBlock,
        indexedHash: row?.hash ?? "",
        indexedTime: row && row.height >= 0 ? await timeOf(row.hash) : null,
        head: newest,
        finalized: row?.finalized_height ?? -1,
        lag: newest - indexedBlock,
        status: row?.status ?? "SYNCING",
      };
      return latest;
    },
    recent: () => latest,
    invalidate() {
      remembered = undefined;
    },
    close() {
      remembered = undefined;
    },
  };
}
