import { AppError } from "../schema/errors.js";
import { loadCommittedModel } from "./committed-model.js";
import { featureVersion } from "./features.js";
import type { Query } from "./load-sales.js";
import { parseModel, type PriceModel } from "./model-file.js";

/** Reads models for those who predict with them. Each is read and checked once a process: a model never changes under its hash. */
export interface Serving {
  /** The model that serves now: one short statement, so that a promotion counts at once, in every process. @throws AppError MODEL_INVALID */
  champion(): Promise<PriceModel>;
  /** Any model of the registry. @throws AppError NOT_FOUND, MODEL_INVALID */
  model(modelHash: string): Promise<PriceModel>;
}

export function createServing(query: Query): Serving {
  const known = new Map<string, Promise<PriceModel | null>>();

  /** @returns null for a model of another release, or of its features */
  async function read(modelHash: string): Promise<PriceModel | null> {
    const [row] = (await query("select document, weights from app.price_model where model_hash = $1", [modelHash])) as { document: string | null; weights: Uint8Array | null }[];
    if (row?.document == null || row.weights === null) {
      const shipped = await loadCommittedModel();
      return shipped.modelHash === modelHash ? shipped : null;
    }
    const { featureVersion: trainedOn } = JSON.parse(row.document) as { featureVersion: unknown };
    return trainedOn === featureVersion ? parseModel(new TextEncoder().encode(row.document), row.weights, modelHash) : null;
  }

  function find(modelHash: string): Promise<PriceModel | null> {
    let found = known.get(modelHash);
    if (found === undefined) {
      found = read(modelHash);
      known.set(modelHash, found);
      found.catch(() => known.delete(modelHash)); // the database may have been away
    }
    return found;
  }

  return {
    async model(modelHash) {
      const model = await find(modelHash);
      if (model === null) throw new AppError("NOT_FOUND", "This release has no model of this hash.", { details: { modelHash } });
      return model;
    },
    async champion() {
      const [row] = (await query("select model_hash from app.price_model where status = 'CHAMPION'", [])) as { model_hash: string }[];
      // One of another release gives way to what this release ships: records must be priced meanwhile.
      return (row === undefined ? null : await find(row.model_hash)) ?? loadCommittedModel();
    },
  };
}
