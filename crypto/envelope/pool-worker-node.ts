import { parentPort } from "node:worker_threads";
import { nodeBackend } from "../backend/node.js";
import { type Batch, openBatch, sealBatch } from "./batch.js";

/** What a thread of the pool is asked: one batch, which travels there and back without being copied. */
export interface PoolRequest {
  readonly id: number;
  readonly work: "seal" | "open";
  readonly batch: Batch;
}

parentPort?.on("message", ({ id, work, batch }: PoolRequest) => {
  const result = (work === "seal" ? sealBatch : openBatch)(nodeBackend, batch);
  parentPort?.postMessage({ id, result }, [result.buffer.buffer as ArrayBuffer]);
});
