import type { Bucket } from "../aggregates/dialect.js";

/** What the API's thread asks of the worker. */
export interface WorkerQuestion {
  readonly id: number;
  readonly text: string;
  /** Values of $1, $2…: text, numbers, booleans, null, and lists of them. */
  readonly values: readonly unknown[];
  /** Calendars that the text joins. */
  readonly zones: readonly Bucket[];
}

/** How far the worker is. */
export interface EngineState {
  readonly status: "LOADING" | "READY" | "FAILED";
  /** The block that all it holds is of. */
  readonly height: number;
  readonly hash: string;
  /** Grows whenever what it holds changes; blocks without an event change nothing. */
  readonly version: number;
  /** Why it failed, for the log. */
  readonly reason: string | null;
}

/** What the worker tells. */
export type WorkerTold = { readonly kind: "state"; readonly state: EngineState } | { readonly kind: "rows"; readonly id: number; readonly rows: readonly Record<string, unknown>[] } | { readonly kind: "refusal"; readonly id: number; readonly reason: string };

export interface WorkerSettings {
  readonly databaseUrl: string;
  /** Folder of its own, which exists. */
  readonly folder: string;
  readonly memoryMb: number;
}
