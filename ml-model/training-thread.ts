/** The thread of `train-apart.ts`: connects by itself, trains once, and tells what came of it. */
import { parentPort, workerData } from "node:worker_threads";
import { advisoryLocks } from "../platform/database/advisory-locks.js";
import { connectDatabase } from "../platform/database/connect.js";
import { AppError, toAppError } from "../schema/errors.js";
import { lastFinalBlock, queryOf } from "./load-sales.js";
import { retrainFromChain, type Retrained } from "./retrain-from-chain.js";
import type { TrainingTask, TrainingTold } from "./train-apart.js";

const task = workerData as TrainingTask;
const tell = (told: TrainingTold): void => parentPort?.postMessage(told);

async function train(): Promise<Retrained> {
  const database = await connectDatabase({ url: task.databaseUrl, service: "training", poolSize: 3 });
  const lock = database.createQueryRunner();
  try {
    const [held] = (await lock.query("select pg_try_advisory_lock($1) as taken", [advisoryLocks.modelTraining])) as { taken: boolean }[];
    if (!held?.taken) throw new AppError("CONFLICT", "Another training of the price model is running.");
    const last = await lastFinalBlock(queryOf(database));
    if (last === null || last < 0) throw new AppError("CONFLICT", "The index has no final block yet.");
    const asOfBlock = task.asOfBlock ?? last;
    if (asOfBlock > last) throw new AppError("BAD_INPUT", `Block ${asOfBlock} is not final: the last one is ${last}.`);
    const { promote, simulatedRows, epochs } = task;
    return await retrainFromChain({
      database, asOfBlock, promote, onEpoch: (epoch) => tell({ epoch }),
      ...(simulatedRows === undefined ? {} : { simulatedRows }), ...(epochs === undefined ? {} : { options: { epochs } }),
    });
  } finally {
    await lock.release();
    await database.destroy();
  }
}

try {
  tell({ done: await train() });
} catch (error) {
  const { code, message } = toAppError(error);
  tell({ failed: { code, message } });
}
