import { AppError } from "../schema/errors.js";
import type { TrainingRecord } from "./model-file.js";
import type { Comparison } from "./retrain.js";

/** One model version, as the registry table keeps it. Plain JSON. */
export interface RegistryEntry {
  readonly modelHash: string;
  readonly version: string;
  readonly calibrationId: string;
  readonly training: TrainingRecord;
  /** Null for the committed model, which had no champion before it. */
  readonly comparison: Comparison | null;
  readonly status: "CHALLENGER" | "CHAMPION" | "RETIRED";
  /** Rises by one with each promotion and roll-back; 0 for a model that never served. */
  readonly served: number;
}

export type Registry = readonly RegistryEntry[];

/** @returns the registry with a new challenger; the same model twice is kept once. */
export function register(registry: Registry, entry: Omit<RegistryEntry, "status" | "served">): Registry {
  if (registry.some((e) => e.modelHash === entry.modelHash)) return registry;
  return [...registry, { ...entry, status: "CHALLENGER", served: 0 }];
}

/**
 * Makes a model the champion; the former one retires and can be rolled back to.
 * @param force - by hand: promotes against the comparison's advice. The first model needs none.
 * @throws AppError NOT_FOUND for an unknown hash, CONFLICT when the comparison speaks against it.
 */
export function promote(registry: Registry, modelHash: string, force = false): Registry {
  const entry = registry.find((e) => e.modelHash === modelHash);
  if (!entry) throw new AppError("NOT_FOUND", "The registry has no model of this hash.", { details: { modelHash } });
  if (entry.status === "CHAMPION") return registry;
  const hasChampion = registry.some((e) => e.status === "CHAMPION");
  if (hasChampion && !force && entry.comparison?.promote !== true) {
    throw new AppError("CONFLICT", `The model is not promoted: ${entry.comparison?.reason ?? "it was never compared."}`, { details: { modelHash } });
  }
  const turn = 1 + Math.max(0, ...registry.map((e) => e.served));
  return registry.map((e) => (e.modelHash === modelHash ? { ...e, status: "CHAMPION", served: turn } : e.status === "CHAMPION" ? { ...e, status: "RETIRED" } : e));
}

/**
 * Puts the champion before the present one back.
 * @throws AppError CONFLICT when there was none.
 */
export function rollback(registry: Registry): Registry {
  const before = registry.filter((e) => e.status === "RETIRED" && e.served > 0).sort((a, b) => b.served - a.served)[0];
  if (!before) throw new AppError("CONFLICT", "No earlier model served, so there is none to roll back to.");
  return promote(registry, before.modelHash, true);
}

/** @returns the model that serves, or undefined before the first promotion. */
export const champion = (registry: Registry): RegistryEntry | undefined => registry.find((e) => e.status === "CHAMPION");
