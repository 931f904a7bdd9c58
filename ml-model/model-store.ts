import type { DataSource, EntityManager } from "typeorm";
import { advisoryLocks } from "../platform/database/advisory-locks.js";
import { queryOf } from "./load-sales.js";
import { serialiseModel, type PriceModel } from "./model-file.js";
import { readRegistry } from "./read-registry.js";
import { promote, register, rollback, type Registry, type RegistryEntry } from "./registry.js";
import type { RetrainResult } from "./retrain.js";
import { createServing } from "./serving.js";

/** Models that were trained here, with their files, and the registry that says which one serves: `app.price_model`. */
export interface ModelStore {
  registry(): Promise<Registry>;
  /** The model that serves. @throws AppError MODEL_INVALID when its files were changed. */
  champion(): Promise<PriceModel>;
  /** Any model of the registry. @throws AppError NOT_FOUND, MODEL_INVALID */
  model(modelHash: string): Promise<PriceModel>;
  /** Saves a challenger; the same model twice is kept once. */
  add(result: Pick<RetrainResult, "parts" | "comparison">): Promise<Registry>;
  /** @throws AppError NOT_FOUND or CONFLICT, see `registry.ts` */
  promote(modelHash: string, force?: boolean): Promise<Registry>;
  /** @throws AppError CONFLICT when no earlier model served */
  rollback(): Promise<Registry>;
}

/** A registry that is empty knows the model of the release, which serves. Changes are made one at a time; a reader sees the one before or after. */
export function openModelStore(database: DataSource): ModelStore {
  const serving = createServing(queryOf(database));
  const read = (manager: EntityManager): Promise<Registry> => readRegistry(queryOf(manager));

  const change = (step: (registry: Registry) => Registry, files: Readonly<Record<string, { json: string; weights: Uint8Array }>> = {}): Promise<Registry> =>
    database.transaction(async (manager) => {
      await manager.query("select pg_advisory_xact_lock($1)", [advisoryLocks.modelRegistry]);
      const next = step(await read(manager));
      // Who ceases to serve goes first: there is never a second champion.
      for (const entry of [...next].sort((a, b) => Number(a.status === "CHAMPION") - Number(b.status === "CHAMPION"))) await write(manager, entry, files[entry.modelHash]);
      return next;
    });

  return {
    registry: () => read(database.manager),
    champion: () => serving.champion(),
    model: (modelHash) => serving.model(modelHash),
    add({ parts, comparison }) {
      const { json, weights, modelHash, calibrationId } = serialiseModel(parts);
      const entry = { modelHash, version: parts.version, calibrationId, training: parts.training, comparison };
      return change((registry) => register(registry, entry), { [modelHash]: { json, weights } });
    },
    promote: (modelHash, force) => change((registry) => promote(registry, modelHash, force)),
    rollback: () => change(rollback),
  };
}

async function write(manager: EntityManager, entry: RegistryEntry, files: { json: string; weights: Uint8Array } | undefined): Promise<void> {
  const { modelHash, version, calibrationId, training, comparison, status, served } = entry;
  await manager.query(
    `insert into app.price_model (model_hash, version, calibration_id, training, comparison, document, weights, status, served) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (model_hash) do update set status = excluded.status, served = excluded.served`,
    [modelHash, version, calibrationId, JSON.stringify(training), comparison === null ? null : JSON.stringify(comparison), files?.json ?? null, files === undefined ? null : Buffer.from(files.weights), status, served],
  );
}
