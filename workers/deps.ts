import type { DataSource } from "typeorm";
import type { KeyWrapper } from "../crypto/custody/key-wrapper.js";
import type { ObjectStore } from "../platform/objects/object-store.js";
import type { Market } from "./market.js";
import type { Predict } from "./price-upload.js";

/** What the jobs work with; each takes the part that it needs. Built in `main.ts`. */
export interface WorkerDeps {
  readonly database: DataSource;
  readonly objects: ObjectStore;
  readonly market: Market;
  /** 32 bytes: wraps the keys of staged uploads. */
  readonly stagingKey: Uint8Array;
  /** 32 bytes: keys the content hash (D6) and the names of stored objects. */
  readonly dedupKey: Uint8Array;
  /** Wraps the records' file keys. */
  readonly fileKeys: KeyWrapper;
  /** 32-byte Ed25519 seed that signs manifests; asked for at each use. */
  readonly signingKey: () => Uint8Array;
  readonly predict: Predict;
  /** For work that runs in a thread with a connection of its own; given up when `ending` is aborted. */
  readonly databaseUrl: string;
  readonly ending: AbortSignal;
  /** Whether each access is told on the chain, beside the batches' anchors. */
  readonly accessEvents: "off" | "each";
  /** Largest record in bytes. */
  readonly maxBytes: number;
}

/** What a job's file exports: given its dependencies, does one job. Safe to run twice, and to kill anywhere. */
export type Process<Payload> = (payload: Payload) => Promise<void>;
