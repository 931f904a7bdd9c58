import { Worker } from "node:worker_threads";
import { AppError } from "../../schema/errors.js";
import type { Batch, BatchResult } from "./batch.js";
import type { FilePiece } from "./file-piece-node.js";
import type { PoolRequest, PoolTask } from "./pool-worker-node.js";

/** A chunk's buffer is small in the garbage collector's eyes, and 64 KiB outside of them: with little room it looks more often. */
const resourceLimits = { maxYoungGenerationSizeMb: 1 };

interface Waiting {
  readonly resolve: (result: BatchResult | undefined) => void;
  readonly reject: (error: AppError) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/** A fixed number of warm threads. One that dies fails what it had in hand and is replaced. */
export interface Threads {
  readonly count: number;
  /** @param batch - its buffer is handed over, and not to be used afterwards. */
  run(work: "seal" | "open", batch: Batch): Promise<BatchResult>;
  /** All threads together. */
  runFile(piece: FilePiece): Promise<void>;
  /** Ends the threads; what runs fails. */
  close(): Promise<void>;
}

export function startThreads(count: number): Threads {
  let nextId = 0;
  let closed = false;
  const threads: Thread[] = [];

  function start(): Thread {
    const thread: Thread = { worker: new Worker(new URL("./pool-worker-node.js", import.meta.url), { resourceLimits }), waiting: new Map() };
    // Idle threads keep no process alive; busy ones do.
    thread.worker.unref();
    thread.worker.on("message", ({ id, result }: { id: number; result?: BatchResult }) => {
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

  function ready(): readonly Thread[] {
    if (closed) throw new AppError("INTERNAL", "The encryption threads are closed.");
    while (threads.length < count) start();
    return threads;
  }

  function send(thread: Thread, task: PoolTask, transfer: readonly ArrayBuffer[]): Promise<BatchResult | undefined> {
    const id = nextId++;
    return new Promise((resolve, reject) => {
      thread.waiting.set(id, { resolve, reject });
      thread.worker.ref();
      const request: PoolRequest = { id, task };
      thread.worker.postMessage(request, transfer);
    });
  }

  for (let i = 0; i < count; i++) start();
  return {
    count,
    async run(work, batch) {
      const thread = ready().reduce((least, each) => (each.waiting.size < least.waiting.size ? each : least));
      const result = await send(thread, { kind: "batch", work, batch }, [batch.buffer.buffer as ArrayBuffer]);
      if (result === undefined) throw new AppError("INTERNAL", "An encryption thread answered something else.");
      return result;
    },
    async runFile(piece) {
      // Every thread is waited for, also when one fails: none may still use the descriptors afterwards.
      const ends = await Promise.allSettled(ready().map((thread) => send(thread, { kind: "file", piece }, [])));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    },
    async close() {
      closed = true;
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}
