import type { OperatorCommand } from "../../indexer/operator.js";

/** Runs an operator's command on the index and prints what it did as one JSON object. The environment is that of the indexer's process. */
export async function indexer(command: OperatorCommand): Promise<void> {
  const { operateIndexer } = await import("../../indexer/operator.js");
  process.stdout.write(`${JSON.stringify(await operateIndexer(command, process.env))}\n`);
}
