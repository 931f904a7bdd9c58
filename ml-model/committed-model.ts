import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../platform/package-root.js";
import { AppError } from "../schema/errors.js";
import { loadModel, type PriceModel } from "./model-file.js";

/** Where the committed weights lie, one folder a version, and `current.json` that names one. */
export const weightsFolder = (): string => join(packageRoot(), "ml-model", "weights");

/** @returns the version and hash that `current.json` names. */
export async function committedVersion(): Promise<{ version: string; modelHash: string }> {
  try {
    return JSON.parse(await readFile(join(weightsFolder(), "current.json"), "utf8")) as { version: string; modelHash: string };
  } catch (cause) {
    throw new AppError("MODEL_INVALID", "ml-model/weights/current.json cannot be read.", { cause });
  }
}

let loaded: Promise<PriceModel> | undefined;

/**
 * The model that the repository ships with; read once.
 * @throws AppError MODEL_INVALID when the files are missing, changed, or not those that `current.json` names.
 */
export function loadCommittedModel(): Promise<PriceModel> {
  return (loaded ??= read());
}

async function read(): Promise<PriceModel> {
  const { version, modelHash } = await committedVersion();
  const model = await loadModel(join(weightsFolder(), version));
  if (model.modelHash !== modelHash) throw new AppError("MODEL_INVALID", `The weights of ${version} are not those that current.json names.`);
  return model;
}
