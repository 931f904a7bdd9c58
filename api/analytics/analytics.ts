import { rmSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Logger } from "../../platform/log.js";
import type { Bucket } from "../aggregates/dialect.js";
import { clearAbandoned, makeTemporaryFolder } from "../temporary-folder.js";
import type { EngineState, WorkerQuestion, WorkerSettings, WorkerTold } from "./messages.js";

/** What the columnar engine said: rows, with the newest block that they are true of, or why it did not. Rows that are remembered are the same object. */
export type EngineAnswer = { rows: readonly Record<string, unknown>[]; height: number; cached: boolean } | { refusal: string };

export interface EngineQuestion {
  text: string;
  values: readonly unknown[];
  zones: readonly Bucket[];
  /** The answer must not be older than this block, nor of another one with its number. */
  newest: { block: number; hash: string | null };
}

/** The columnar engine, beside the API's thread. Whoever is refused asks Postgres. */
export interface Analytics {
  ask(question: EngineQuestion): Promise<EngineAnswer>;
  state(): EngineState;
  close(): Promise<void>;
}

/** How long a question waits for a block that the index has and the engine has not yet, in ms. */
const patienceMs = 500;
/** Answers that are remembered, and rows of all of them: a row, and what is made of it, take about 1.5 kB. */
const remembered = { answers: 200, rows: 5_000 };
/** Rows that are handed on are garbage at once: a larger nursery would only keep it longer. */
const maxYoungGenerationSizeMb = 6;
/** Room for the largest answers; the smaller it is, the less garbage lies about. */
const maxOldGenerationSizeMb = 256;
/** Wait before a worker that ended is started again, in ms. */
const againMs = 5_000;
const loading: EngineState = { status: "LOADING", height: -1, hash: "", version: -1, reason: null };

/** Each row tells it, and there is one at least. */
const heightOf = ([row]: readonly Record<string, unknown>[]): number => Number(row?.["height"] ?? 0);

/**
 * The worker is started by the first question, and loads in the background: a process that only tells subscriptions never pays for an engine.
 * @param memoryMb - DuckDB's own limit; 0 for no engine at all.
 */
export function startAnalytics({ databaseUrl, memoryMb, log }: { databaseUrl: string; memoryMb: number; log: Logger }): Analytics {
  if (memoryMb === 0) return { ask: () => Promise.resolve({ refusal: "switched off" }), state: () => ({ ...loading, status: "FAILED" }), close: () => Promise.resolve() };
  clearAbandoned("analytics");
  const folder = makeTemporaryFolder("analytics");
  const open = new Map<number, (told: { rows: readonly Record<string, unknown>[] } | { refusal: string }) => void>();
  const answers = new Map<string, { version: number; asked: Promise<{ rows: readonly Record<string, unknown>[] } | { refusal: string }>; rows: number }>();
  let rememberedRows = 0;
  let state = loading;
  let changed: (() => void)[] = [];
  let questions = 0;
  let closing = false;
  let isWanted = false;
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;

  function forget(key: string): void {
    rememberedRows -= answers.get(key)?.rows ?? 0;
    answers.delete(key);
  }

  /** Forgets the oldest answers beyond the bounds. */
  function forgetMany(): void {
    for (const key of answers.keys()) {
      if (answers.size <= remembered.answers && rememberedRows <= remembered.rows) return;
      forget(key);
    }
  }

  function setState(next: EngineState): void {
    if (next.reason !== null) log.warn({ reason: next.reason }, "the columnar engine failed; Postgres answers until it is loaded again");
    if (next.status === "READY" && state.status !== "READY") log.info({ height: next.height }, "the columnar engine is loaded");
    state = next;
    const told = changed;
    changed = [];
    for (const resolve of told) resolve();
  }

  function start(): Worker {
    const started = new Worker(new URL("./worker.js", import.meta.url), { workerData: { databaseUrl, folder, memoryMb } satisfies WorkerSettings, resourceLimits: { maxYoungGenerationSizeMb, maxOldGenerationSizeMb } });
    started.unref();
    started.on("message", (told: WorkerTold) => {
      if (told.kind === "state") return setState(told.state);
      if (told.kind === "refusal") log.debug({ reason: told.reason }, "the columnar engine refused a question");
      open.get(told.id)?.(told.kind === "rows" ? { rows: told.rows } : { refusal: told.reason });
      open.delete(told.id);
    });
    let failure = "it ended";
    started.on("error", (error) => {
      failure = error.message;
    });
    started.on("exit", () => {
      worker = undefined;
      for (const resolve of open.values()) resolve({ refusal: failure });
      open.clear();
      if (closing) return;
      setState({ ...loading, status: "FAILED", reason: failure });
      timer = setTimeout(() => (worker = start()), againMs);
    });
    return started;
  }

  async function stop(): Promise<void> {
    const running = worker;
    if (!running) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.postMessage("stop");
    const forced = setTimeout(() => void running.terminate(), 5_000);
    await ended;
    clearTimeout(forced);
  }

  /** @returns whether the engine has the block now. */
  async function reaches({ block, hash }: EngineQuestion["newest"]): Promise<boolean> {
    const isBehind = (): boolean => state.height < block || (state.height === block && hash !== null && state.hash !== hash);
    for (const end = performance.now() + patienceMs; state.status === "READY" && isBehind(); ) {
      const left = end - performance.now();
      if (left <= 0) return false;
      await new Promise<void>((resolve) => {
        const waited = setTimeout(resolve, left);
        changed.push(() => {
          clearTimeout(waited);
          resolve();
        });
      });
    }
    return state.status === "READY";
  }

  const send = ({ text, values, zones }: EngineQuestion): Promise<{ rows: readonly Record<string, unknown>[] } | { refusal: string }> =>
    new Promise((resolve) => {
      if (!worker) return resolve({ refusal: "it ended" });
      const id = (questions += 1);
      open.set(id, resolve);
      worker.postMessage({ id, text, values, zones } satisfies WorkerQuestion);
    });

  return {
    state: () => state,
    async ask(question) {
      if (!isWanted) {
        isWanted = true;
        worker = start();
      }
      if (!(await reaches(question.newest))) return { refusal: state.status === "READY" ? `it is at block ${state.height}` : state.status === "FAILED" ? "it failed" : "it is loading" };
      const key = JSON.stringify([question.text, question.values]);
      const { version, height } = state;
      const known = answers.get(key);
      if (known?.version === version) {
        const told = await known.asked;
        // Blocks without an event change no answer: what is remembered is of the newest block too, also where a fork took such a block back. The worker may have
        // been ahead when it answered.
        if ("rows" in told) return { rows: told.rows, height: told.rows.every((row) => Number(row["version"]) === version) ? height : heightOf(told.rows), cached: true };
      }
      const asked = send(question);
      forget(key);
      const entry = { version, asked, rows: 0 };
      answers.set(key, entry);
      forgetMany();
      const told = await asked;
      if (answers.get(key) === entry) {
        // A refusal is not remembered; nor is an answer of a newer state under an older one's number.
        if (!("rows" in told) || told.rows.some((row) => Number(row["version"]) !== version)) forget(key);
        else {
          entry.rows = told.rows.length;
          rememberedRows += entry.rows;
          forgetMany();
        }
      }
      return "rows" in told ? { rows: told.rows, height: heightOf(told.rows), cached: false } : told;
    },
    async close() {
      closing = true;
      clearTimeout(timer);
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
