import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import pg from "pg";
import { listen } from "../../platform/database/listen.js";
import { Answers } from "./answers.js";
import type { EngineState, WorkerQuestion, WorkerSettings, WorkerTold } from "./messages.js";
import { Mirror } from "./mirror.js";

/** Entry of the worker thread: holds the mirror, follows the feed, answers. */

/** Longest wait without a look at the database, in ms: bounds the harm of a lost notification. */
const idleMs = 1_000;
/** Wait after a failure, in ms. */
const againMs = 1_000;

const port = parentPort!;
const settings = workerData as WorkerSettings;
const tell = (told: WorkerTold): void => port.postMessage(told);

let wake: () => void = () => undefined;
let woken = false;
let stopped = false;
let answers: Answers | undefined;

function onWake(): void {
  woken = true;
  wake();
}

async function sleep(ms: number): Promise<void> {
  if (!woken) await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  woken = false;
}

/** Loads a mirror and follows until it must be loaded again. */
async function follow(): Promise<void> {
  const folder = mkdtempSync(join(settings.folder, "mirror-"));
  const source = new pg.Client({ connectionString: settings.databaseUrl, application_name: "galen-analytics", keepAlive: true });
  source.on("error", () => undefined); // the next statement says so
  let mirror: Mirror | undefined;
  let told: EngineState | undefined;
  try {
    await source.connect();
    mirror = await Mirror.open(folder, settings.memoryMb, source);
    while (!stopped) {
      if (!(await mirror.step())) return;
      if (mirror.height >= 0 && (told?.hash !== mirror.hash || told.version !== mirror.version)) {
        answers ??= await Answers.over(mirror, settings.databaseUrl);
        told = { status: "READY", height: mirror.height, hash: mirror.hash, version: mirror.version, reason: null };
        tell({ kind: "state", state: told });
      }
      await sleep(idleMs);
    }
  } finally {
    await answers?.close();
    answers = undefined;
    mirror?.close();
    await source.end().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

port.on("message", (message: WorkerQuestion | "stop") => {
  if (message === "stop") {
    stopped = true;
    return onWake();
  }
  const { id } = message;
  const answer = answers?.ask(message) ?? Promise.reject(new Error("it is loading"));
  answer.then(
    (rows) => tell({ kind: "rows", id, rows }),
    (error: unknown) => tell({ kind: "refusal", id, reason: error instanceof Error ? error.message : String(error) }),
  );
});

const listener = await listen({ url: settings.databaseUrl, channels: ["chain_status", "market_event"], onWake, onError: () => undefined });
while (!stopped) {
  tell({ kind: "state", state: { status: "LOADING", height: -1, hash: "", version: -1, reason: null } });
  try {
    await follow();
  } catch (error) {
    tell({ kind: "state", state: { status: "FAILED", height: -1, hash: "", version: -1, reason: error instanceof Error ? error.message : String(error) } });
    if (!stopped) await sleep(againMs);
  }
}
await listener.close();
port.close();
