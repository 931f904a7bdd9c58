import type { Mined } from "../../client/index.js";

/** What every command that sends a transaction reports of it. */
export const minedFields = (mined: Mined): { tx: string; block: number; blockTime: string } => ({ tx: mined.hash, block: mined.block, blockTime: new Date(mined.blockTime * 1000).toISOString() });

export const minedLine = (mined: Mined): string => `block ${mined.block} (${new Date(mined.blockTime * 1000).toISOString()}), transaction ${mined.hash}`;
