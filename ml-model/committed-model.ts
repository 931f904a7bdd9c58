import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../schema/errors.js";
import { loadModel, type PriceModel } from "./model-file.js";

/** @returns the folder that holds package.json: compiled code lies elsewhere than the committed weights. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new AppError("MODEL_INVALID", "package.json is not above the price model.");
    folder = parent;
  }
  return folder;
}

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

/**
 * Loads the model that the repository ships with.
 * @throws AppError MODEL_INVALID when the files are missing, changed, or not those that `current.json` names.
 */
export async function loadCommittedModel(): Promise<PriceModel> {
  const { version, modelHash } = await committedVersion();
  const model = await loadModel(join(weightsFolder(), version));
  if (model.modelHash !== modelHash) throw new AppError("MODEL_INVALID", `The weights of ${version} are not those that current.json names.`);
  return model;
}
