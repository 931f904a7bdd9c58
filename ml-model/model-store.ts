import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../schema/errors.js";
import { loadCommittedModel } from "./committed-model.js";
import { loadModel, saveModel, type PriceModel } from "./model-file.js";
import { champion, promote, register, rollback, type Registry } from "./registry.js";
import type { RetrainResult } from "./retrain.js";

/** Models that were trained here, one folder a hash, and the registry that says which one serves. */
export interface ModelStore {
  registry(): Promise<Registry>;
  /** The model that serves. @throws AppError MODEL_INVALID when its files were changed. */
  champion(): Promise<PriceModel>;
  /** Saves a challenger; the same model twice is kept once. */
  add(result: RetrainResult): Promise<Registry>;
  /** @throws AppError NOT_FOUND or CONFLICT, see `registry.ts` */
  promote(modelHash: string, force?: boolean): Promise<Registry>;
  /** @throws AppError CONFLICT when no earlier model served */
  rollback(): Promise<Registry>;
}

/**
 * Opens a store; a new one knows the committed model, which serves. One writer at a time: jobs hold an advisory lock. A reader sees
 * the registry before or after a change, never half of it.
 * @param folder - e.g. `models` in GALEN_HOME; made when missing.
 */
export async function openModelStore(folder: string): Promise<ModelStore> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "registry.json");
  const folderOf = (modelHash: string): string => join(folder, modelHash.slice(2));

  async function registry(): Promise<Registry> {
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw new AppError("MODEL_INVALID", "The model registry cannot be read.", { cause });
      const { modelHash, version, calibrationId, training } = await loadCommittedModel();
      return promote(register([], { modelHash, version, calibrationId, training, comparison: null }), modelHash);
    }
    try {
      return JSON.parse(text) as Registry;
    } catch (cause) {
      throw new AppError("MODEL_INVALID", "The model registry is damaged.", { cause });
    }
  }

  async function change(step: (registry: Registry) => Registry): Promise<Registry> {
    const next = step(await registry());
    await writeFile(`${file}.new`, `${JSON.stringify(next, null, 2)}\n`);
    await rename(`${file}.new`, file);
    return next;
  }

  return {
    registry,
    async champion() {
      const entry = champion(await registry());
      if (!entry) throw new AppError("MODEL_INVALID", "The registry names no model that serves.");
      const committed = await loadCommittedModel();
      if (entry.modelHash === committed.modelHash) return committed;
      const model = await loadModel(folderOf(entry.modelHash));
      if (model.modelHash !== entry.modelHash) throw new AppError("MODEL_INVALID", "The stored model is not the one that the registry names.");
      return model;
    },
    async add({ parts, modelHash, calibrationId, comparison }) {
      await saveModel(folderOf(modelHash), parts);
      return change((r) => register(r, { modelHash, version: parts.version, calibrationId, training: parts.training, comparison }));
    },
    promote: (modelHash, force) => change((r) => promote(r, modelHash, force)),
    rollback: () => change(rollback),
  };
}
