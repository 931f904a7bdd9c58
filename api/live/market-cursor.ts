import { AppError } from "../../schema/errors.js";
import { decodeCursor, encodeCursor } from "../paging/cursor.js";

/** What a subscriber is shown: all that the chain says, with retractions, or only what can no longer be taken back. */
export enum Finality {
  HEAD = "HEAD",
  FINALIZED = "FINALIZED",
}

/** Shared with the query `marketEvents`. */
export const marketCursorScope = "marketEvents";

/** A number means another thing to who sees final events alone, so its cursor is no other's. `marketEvents` of the query and the subscription share theirs. */
const scopeOf = (finality: Finality): string => (finality === Finality.HEAD ? marketCursorScope : "marketEvents|FINALIZED");

/** Cursor of a place in the market's feed. Good for every subscription that comes from this feed alone. */
export const marketCursor = (key: Uint8Array, seq: bigint, finality = Finality.HEAD): string => encodeCursor(key, scopeOf(finality), [seq.toString()]);

/** @throws AppError CURSOR_INVALID */
export function readMarketCursor(key: Uint8Array, cursor: string, finality = Finality.HEAD): bigint {
  const [seq] = decodeCursor(key, scopeOf(finality), cursor);
  if (typeof seq !== "string") throw new AppError("CURSOR_INVALID", "The cursor was not issued by this API, or for another query.");
  return BigInt(seq);
}

export const laneOf = (finality: Finality): "head" | "final" => (finality === Finality.HEAD ? "head" : "final");
