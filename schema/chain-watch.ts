import { z } from "zod";

/** What is wrong with the nodes or the chain that they show. */
export enum ChainAlarm {
  /** A node does not answer, or serves another chain. */
  NODE_DOWN = "NODE_DOWN",
  /** Nodes have different blocks at a height that is final on all. */
  NODES_DISAGREE = "NODES_DISAGREE",
  /** A node says that it is still catching up. */
  NODE_SYNCING = "NODE_SYNCING",
  /** A node of a chain with several signers has no peer. */
  NO_PEERS = "NO_PEERS",
  /** No node has shown a new block for a while. */
  HEAD_OLD = "HEAD_OLD",
  /** The newest block is ahead of the indexer's clock. */
  CLOCK_DRIFT = "CLOCK_DRIFT",
  /** A signer has sealed no block while the others did. */
  SIGNER_SILENT = "SIGNER_SILENT",
}

const block = z.int().min(0);

/** What crosses from the indexer to the API in `chain_watch.seen`. */
export const chainWatchSeen = z.strictObject({
  nodes: z.array(
    z.strictObject({
      /** Whether it answers and serves our chain. */
      up: z.boolean(),
      /** Whether it is the one that the indexer asks. */
      used: z.boolean(),
      /** Its newest block; null if it is not up. */
      head: block.nullable(),
      /** Wall clock less the time of that block, in seconds; below 0 if the block is ahead. */
      drift: z.number().nullable(),
      /** Null where it does not tell. */
      peers: z.int().min(0).nullable(),
      syncing: z.boolean().nullable(),
    }),
  ),
  /** Who seals blocks, with the newest of each; empty where the chain does not say. */
  signers: z.array(z.strictObject({ address: z.string(), lastBlock: block })),
  alarms: z.array(z.strictObject({ alarm: z.enum(ChainAlarm), about: z.string() })),
});
export type ChainWatchSeen = z.infer<typeof chainWatchSeen>;
