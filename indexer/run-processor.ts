import { Logger } from "@subsquid/logger";
import { PrometheusServer, Runner, type Database } from "@subsquid/util-internal-processor-tools";
import type { ChainSource } from "./chain-source.js";
import type { MarketBlock } from "./market-block.js";

/** Our own server tells the metrics: the SDK's opens no port. */
class NoServer extends PrometheusServer {
  override serve(): ReturnType<PrometheusServer["serve"]> {
    return Promise.resolve({ port: 0, close: () => Promise.resolve() });
  }
}

/** Takes the blocks of one transaction. */
export interface MarketStore {
  write(blocks: readonly MarketBlock[]): Promise<void>;
}

/**
 * Follows the chain from the first block that can hold an event of ours, until the source's signal aborts or an error comes; both reject.
 * It is the SDK's runner, below its `EvmBatchProcessor`, whose `run` ends the process on any error and opens a port for metrics.
 */
export async function runProcessor(options: { source: ChainSource; database: Database<MarketStore>; deployBlock: number; allBlocksAreFinal: boolean }): Promise<void> {
  const { source, database, deployBlock, allBlocksAreFinal } = options;
  await new Runner<unknown, MarketStore>({
    database,
    hotDataSource: source,
    allBlocksAreFinal,
    requests: [{ range: { from: deployBlock }, request: {} }],
    prometheus: new NoServer(),
    log: new Logger(() => undefined, "galen"),
    process: (store, { blocks }) => store.write(blocks as MarketBlock[]),
  }).run();
}
