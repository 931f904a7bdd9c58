import { loadCommittedModel } from "./committed-model.js";
import type { Query } from "./load-sales.js";
import { promote, register, type Registry } from "./registry.js";

/** Every version of the price model, oldest first, as `app.price_model` has them. A registry that is empty knows the model of the release, which serves. */
export async function readRegistry(query: Query): Promise<Registry> {
  const rows = (await query(
    `select model_hash as "modelHash", version, calibration_id as "calibrationId", training, comparison, status, served from app.price_model order by created_at, comparison is not null, model_hash`, [],
  )) as Registry;
  if (rows.length > 0) return rows;
  const { modelHash, version, calibrationId, training } = await loadCommittedModel();
  return promote(register([], { modelHash, version, calibrationId, training, comparison: null }), modelHash);
}
