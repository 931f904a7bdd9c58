import type { DataSource } from "typeorm";
import { parseEnv } from "../platform/config/parse-env.js";
import { processVariables } from "../platform/config/processes.js";
import { connectDatabase } from "../platform/database/connect.js";
import { AppError } from "../schema/errors.js";
import { evaluateModel } from "./evaluate.js";
import { lastFinalBlock, loadSales, queryOf } from "./load-sales.js";
import { openModelStore, type ModelStore } from "./model-store.js";
import { modelPerformance } from "./performance.js";
import type { RegistryEntry } from "./registry.js";
import { reportPage } from "./report-page.js";
import type { Retrained } from "./retrain-from-chain.js";
import { simulateMarket } from "./simulator.js";
import { trainApart, type Epoch, type TrainingTask } from "./train-apart.js";

export type ModelCommand =
  | { readonly name: "list" | "rollback" }
  | ({ readonly name: "train" } & Pick<TrainingTask, "asOfBlock" | "promote" | "simulatedRows" | "epochs">)
  /** @param modelHash - the one that serves unless told. */
  | { readonly name: "evaluate"; readonly modelHash?: string }
  | { readonly name: "promote"; readonly modelHash: string; readonly force: boolean };

/** One version, as the operator sees it. */
export type ModelRow = Pick<RegistryEntry, "modelHash" | "version" | "status" | "calibrationId"> & { dataDigest: string; comparison: string | null };

export interface Evaluated {
  readonly modelHash: string;
  readonly rows: number;
  readonly pinball: number;
  readonly coverage: number;
  readonly settledSales: number;
  /** The report as one HTML page. */
  readonly html: string;
}

/** Rows of the simulated market that a model is judged on: another seed than any training's. */
const judgedRows = 10_000;
const judgedSeed = 77;

/**
 * Runs an operator's command on the price models. The environment is that of the migrations: the database alone.
 * @throws AppError NOT_FOUND, CONFLICT (another training runs; a promotion that the comparison speaks against), MODEL_INVALID
 */
export async function operateModels(command: ModelCommand, environment: NodeJS.ProcessEnv, onEpoch?: (epoch: Epoch) => void): Promise<readonly ModelRow[] | Retrained | Evaluated> {
  const env = parseEnv(processVariables.migrate, environment);
  const database = await connectDatabase({ url: env.DATABASE_URL, service: "models-operator", poolSize: 2, connectTimeoutMs: env.CONNECT_TIMEOUT_MS });
  try {
    const store = openModelStore(database);
    if (command.name === "train") {
      const { name: _, ...task } = command;
      return await trainApart({ ...task, databaseUrl: env.DATABASE_URL }, onEpoch);
    }
    if (command.name === "evaluate") return await evaluate(database, store, command.modelHash);
    if (command.name === "promote") await store.promote(command.modelHash, command.force);
    if (command.name === "rollback") await store.rollback();
    const rows = await store.registry();
    return rows.map(({ modelHash, version, status, calibrationId, training, comparison }) => ({ modelHash, version, status, calibrationId, dataDigest: training.dataDigest, comparison: comparison?.reason ?? null }));
  } finally {
    await database.destroy();
  }
}

async function evaluate(database: DataSource, store: ModelStore, modelHash: string | undefined): Promise<Evaluated> {
  const model = await (modelHash === undefined ? store.champion() : store.model(modelHash));
  const market = simulateMarket(judgedRows, judgedSeed);
  const evaluation = evaluateModel(model, market.inputs.map((input, i) => ({ input, lnPrice: market.y[i]! })));
  const query = queryOf(database);
  const last = await lastFinalBlock(query);
  if (last === null) throw new AppError("NOT_READY", "There is no index yet.");
  const performance = modelPerformance(await loadSales(query, last));
  return { modelHash: model.modelHash, rows: evaluation.rows, pinball: evaluation.pinball, coverage: evaluation.coverage, settledSales: performance.sales, html: reportPage(model, evaluation, performance) };
}
