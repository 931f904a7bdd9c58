import { EvmBatchProcessor } from "@subsquid/evm-processor";
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
 * The SDK's processor with a data source of ours, and a run that can fail and be started again: the stock `run` ends the
 * process on any error and opens a port for metrics.
 */
export class MarketProcessor extends EvmBatchProcessor {
  /** @param deployBlock first block that can hold an event of ours. */
  constructor(marketplace: string, deployBlock: number) {
    super();
    this.addLog({ address: [marketplace], range: { from: deployBlock } });
  }

  /** Follows the chain until the source's signal aborts or an error comes; both reject. */
  follow(source: ChainSource, database: Database<MarketStore>, allBlocksAreFinal: boolean): Promise<void> {
    return new Runner<unknown, MarketStore>({
      database,
      hotDataSource: source,
      allBlocksAreFinal,
      // Private in its types: the ranges and filters that `addLog` made.
      requests: (this as unknown as { getBatchRequests(): ConstructorParameters<typeof Runner>[0]["requests"] }).getBatchRequests(),
      prometheus: new NoServer(),
      log: new Logger(() => undefined, "galen"),
      process: (store, { blocks }) => store.write(blocks as MarketBlock[]),
    }).run();
  }
}
