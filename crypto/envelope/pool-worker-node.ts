import { parentPort } from "node:worker_threads";
import { nodeBackend } from "../backend/node.js";
import { type Batch, openBatch, sealBatch } from "./batch.js";
import { type FilePiece, workOnPiece } from "./file-piece-node.js";

/** What a thread of the pool is asked: a batch, which travels there and back without being copied, or its part of a file. */
export type PoolTask =
  | { readonly kind: "batch"; readonly work: "seal" | "open"; readonly batch: Batch }
  | { readonly kind: "file"; readonly piece: FilePiece };

export interface PoolRequest {
  readonly id: number;
  readonly task: PoolTask;
}

parentPort?.on("message", ({ id, task }: PoolRequest) => {
  if (task.kind === "file") {
    workOnPiece(task.piece);
    parentPort?.postMessage({ id });
    return;
  }
  const result = (task.work === "seal" ? sealBatch : openBatch)(nodeBackend, task.batch);
  parentPort?.postMessage({ id, result }, [result.buffer.buffer as ArrayBuffer]);
});
