import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What operators watch. Heights are block numbers. */
export class IndexerMetrics {
  readonly head: Gauge;
  readonly indexed: Gauge;
  readonly finalized: Gauge;
  readonly lag: Gauge;
  readonly headTime: Gauge;
  readonly writer: Gauge;
  readonly diverged: Gauge;
  readonly events: Counter<"op">;
  readonly reorgs: Counter;
  readonly errors: Counter<"code">;
  readonly lastErrorTime: Gauge;
  readonly transaction: Histogram;
  readonly nodeUp: Gauge<"node">;
  readonly nodeHead: Gauge<"node">;
  readonly nodeDrift: Gauge<"node">;
  readonly nodePeers: Gauge<"node">;
  readonly nodeSyncing: Gauge<"node">;
  readonly signerBlock: Gauge<"signer">;
  readonly alarm: Gauge<"alarm">;
  readonly verified: Gauge;
  readonly checkedRows: Counter;
  readonly mismatches: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    const gauge = (name: string, help: string): Gauge => new Gauge({ name: `galen_indexer_${name}`, help, registers });
    this.head = gauge("chain_head", "Newest block of the chain.");
    this.indexed = gauge("indexed_block", "Newest block in the tables.");
    this.finalized = gauge("finalized_block", "Newest block in the tables that is final.");
    this.lag = gauge("lag_blocks", "Blocks of the chain that are not in the tables yet.");
    this.headTime = gauge("chain_head_time_seconds", "Time of the newest block, seconds since 1970.");
    this.writer = gauge("writer", "1 if this process writes, 0 while it stands by.");
    this.diverged = gauge("diverged", "1 if the chain lacks a final block of the tables.");
    this.events = new Counter({ name: "galen_indexer_events_total", help: "Events told in the feed.", labelNames: ["op"], registers });
    this.reorgs = new Counter({ name: "galen_indexer_reorgs_total", help: "Roll-backs because the chain changed.", registers });
    this.errors = new Counter({ name: "galen_indexer_errors_total", help: "Errors that made the indexer start again.", labelNames: ["code"], registers });
    this.lastErrorTime = gauge("last_error_time_seconds", "When the last such error was, seconds since 1970.");
    const ofNode = (name: string, help: string): Gauge<"node"> => new Gauge({ name: `galen_indexer_node_${name}`, help, labelNames: ["node"], registers });
    this.nodeUp = ofNode("up", "1 if the node answers and serves our chain.");
    this.nodeHead = ofNode("head", "Newest block of the node.");
    this.nodeDrift = ofNode("head_age_seconds", "Wall clock less the time of the node's newest block: alarm above a few block times, or below 0.");
    this.nodePeers = ofNode("peers", "Peers of the node.");
    this.nodeSyncing = ofNode("syncing", "1 if the node says that it is catching up.");
    this.signerBlock = new Gauge({ name: "galen_indexer_signer_block", help: "Newest block that the signer sealed.", labelNames: ["signer"], registers });
    this.alarm = new Gauge({ name: "galen_indexer_alarm", help: "Above 0 while something is wrong with the nodes or the chain that they show: alarm.", labelNames: ["alarm"], registers });
    this.verified = gauge("verified_block", "Block at which a sample of rows was last compared with the contract.");
    this.checkedRows = new Counter({ name: "galen_indexer_checked_rows_total", help: "Rows compared with the contract.", registers });
    this.mismatches = new Counter({ name: "galen_indexer_mismatches_total", help: "Fields of rows that differed from the contract.", registers });
    this.transaction = new Histogram({ name: "galen_indexer_commit_events", help: "Events of one transaction.", buckets: [0, 1, 10, 100, 1_000, 10_000], registers });
  }
}
