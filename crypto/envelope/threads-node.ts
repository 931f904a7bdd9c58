import { Worker } from "node:worker_threads";
import { AppError } from "../../schema/errors.js";
import type { Batch, BatchResult } from "./batch.js";
import type { PoolRequest } from "./pool-worker-node.js";

interface Waiting {
  readonly resolve: (result: BatchResult) => void;
  readonly reject: (error: AppError) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/** A fixed number of warm threads that seal and open batches. One that dies fails its batches and is replaced. */
export interface Threads {
  readonly count: number;
  /** @param batch - its buffer is handed over, and not to be used afterwards. */
  run(work: PoolRequest["work"], batch: Batch): Promise<BatchResult>;
  /** Ends the threads; what runs fails. */
  close(): Promise<void>;
}

export function startThreads(count: number): Threads {
  let nextId = 0;
  let closed = false;
  const threads: Thread[] = [];

  function start(): Thread {
    const thread: Thread = { worker: new Worker(new URL("./pool-worker-node.js", import.meta.url)), waiting: new Map() };
    // Idle threads keep no process alive; busy ones do.
    thread.worker.unref();
    thread.worker.on("message", ({ id, result }: { id: number; result: BatchResult }) => {
      const waiting = thread.waiting.get(id);
      thread.waiting.delete(id);
      if (thread.waiting.size === 0) thread.worker.unref();
      waiting?.resolve(result);
    });
    let cause: unknown;
    thread.worker.on("error", (error) => (cause = error));
    thread.worker.on("exit", () => {
      const at = threads.indexOf(thread);
      if (at >= 0) threads.splice(at, 1);
      for (const { reject } of thread.waiting.values()) reject(new AppError("INTERNAL", "An encryption thread ended.", { cause }));
    });
    threads.push(thread);
    return thread;
  }

  for (let i = 0; i < count; i++) start();
  return {
    count,
    run(work, batch) {
      if (closed) return Promise.reject(new AppError("INTERNAL", "The encryption threads are closed."));
      while (threads.length < count) start();
      const thread = threads.reduce((least, each) => (each.waiting.size < least.waiting.size ? each : least));
      const id = nextId++;
      return new Promise((resolve, reject) => {
        thread.waiting.set(id, { resolve, reject });
        thread.worker.ref();
        const request: PoolRequest = { id, work, batch };
        thread.worker.postMessage(request, [batch.buffer.buffer as ArrayBuffer]);
      });
    },
    async close() {
      closed = true;
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}
