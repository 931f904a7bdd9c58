import type { Lane, Place } from "./entry.js";

/** A place in some feeds; the others do not matter. */
export const placeAt = (at: Partial<Record<Lane, bigint>>): Place => ({ head: 0n, final: 0n, activity: 0n, chain: 0n, ...at });
