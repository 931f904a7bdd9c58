import type { Mark } from "./report.js";

/** The mark of the highest block. */
export function latest(marks: readonly Required<Mark>[]): Mark {
  const [last] = [...marks].sort((a, b) => b.block - a.block);
  return last ? { block: last.block, blockTime: last.blockTime, tx: last.tx } : {};
}
