import { loadSales, modelPerformance, queryOf, type ModelPerformance } from "../../ml-model/predict.js";
import type { ApiContext } from "../context.js";

export type PerformanceAt = ModelPerformance & { readonly block: number };

/** Answers of final blocks that are remembered: they read every sale, and change no more. */
const remembered = 8;
const known = new WeakMap<ApiContext["deps"]["database"]["driver"], Map<number, Promise<PerformanceAt>>>();

/** How the predictions of all listings did against the sales that were settled by a block; by now for null. */
export async function readPerformance({ database, freshness }: Pick<ApiContext["deps"], "database" | "freshness">, at: number | null): Promise<PerformanceAt> {
  const { finalized, indexedBlock } = await freshness.now();
  const block = at ?? Math.max(0, indexedBlock);
  const compute = async (): Promise<PerformanceAt> => ({ ...modelPerformance(await loadSales(queryOf(database), block)), block });
  if (block > finalized) return compute();
  const answers = known.get(database.driver) ?? new Map<number, Promise<PerformanceAt>>();
  known.set(database.driver, answers);
  const answer = answers.get(block) ?? compute();
  answers.delete(block);
  answers.set(block, answer);
  answer.catch(() => answers.delete(block));
  const [oldest] = answers.keys();
  if (answers.size > remembered && oldest !== undefined) answers.delete(oldest);
  return answer;
}
