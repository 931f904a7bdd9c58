import type { FinalTxInfo, HashAndHeight, HotDatabase, HotDatabaseState, HotTxInfo } from "@subsquid/util-internal-processor-tools";
import { AppError } from "../schema/errors.js";
import type { Sql } from "./copy-rows.js";
import { toldRows } from "./feed.js";
import { restoreIndexes } from "./indexes-aside.js";
import { KnownVersions } from "./known-versions.js";
import { loadVersions } from "./load-versions.js";
import { lockState, moveState, nothing, sameBlock, type IndexState } from "./index-state.js";
import type { MarketBlock } from "./market-block.js";
import type { MarketStore } from "./run-processor.js";
import { rollBack } from "./roll-back.js";
import { BlockRows, findReads, projectLoaded, writeProjected } from "./write-rows.js";
import type { WriterSession } from "./writer-session.js";

/** What a committed transaction did. */
export interface Committed {
  readonly state: IndexState;
  readonly applied: number;
  readonly reverted: number;
  /** A roll-back was part of it. */
  readonly reorg: boolean;
}

/** A chain's past is written so many events at a time, few at first. More at a time would cost Postgres no less, and memory. */
export interface BatchEvents {
  readonly first: number;
  readonly most: number;
}
const batchEvents: BatchEvents = { first: 250, most: 1_000 };
/** Blocks after which a batch is written, however few events they have. */
const batchBlocks = 20_000;

/**
 * The processor's database: one lane. Hot and finalized blocks are written alike, in bulk; a roll-back is a range statement over
 * the versions. Rows, feed and the note of where the index stands change in one transaction.
 * @see docs/adr/0004-one-lane-indexer-database.md
 */
export class MarketDatabase implements HotDatabase<MarketStore> {
  readonly supportsHotBlocks = true;
  readonly #session: WriterSession;
  readonly #onCommit: (committed: Committed) => void;
  readonly #known: KnownVersions;
  /** What is committed. */
  #state: IndexState;
  /** What will be once all that is projected is committed. */
  #next: IndexState;
  /** Finalized blocks that are projected, and not being written yet. */
  #batch = new BlockRows();
  #enough: number;
  readonly #most: number;
  #writing: Promise<void> = Promise.resolve();
  #indexesAside: boolean;

  /**
   * @param state what the tables hold and the chain agrees with: see `reconcile`.
   * @param indexesAside that indexes are to be made before the tables are LIVE.
   */
  constructor(session: WriterSession, state: IndexState, onCommit: (committed: Committed) => void, indexesAside = false, { first, most } = batchEvents) {
    this.#session = session;
    this.#state = state;
    this.#next = state;
    this.#onCommit = onCommit;
    this.#indexesAside = indexesAside;
    this.#enough = first;
    this.#most = most;
    this.#known = new KnownVersions(sameBlock(state.head, nothing));
  }

  /** Where the tables stand, as far as this process knows. */
  get head(): HashAndHeight {
    return this.#state.head;
  }

  connect(): Promise<HotDatabaseState> {
    const { finalized, hot } = this.#state;
    return Promise.resolve({ ...finalized, top: [...hot] });
  }

  /** Writes what is projected, and resolves when it is written; throws what made a transaction fail that `transact` did not wait for. */
  async settled(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  /** Projects finalized blocks. While there are more to come, they are written when they are many, and the next are projected meanwhile. */
  async transact({ prevHead, nextHead, isOnTop }: FinalTxInfo, write: (store: MarketStore) => Promise<void>): Promise<void> {
    if (!sameBlock(prevHead, this.#next.head)) throw moved(`finalized blocks after ${prevHead.height} do not follow block ${this.#next.head.height}`);
    const blocks = await blocksOf(write);
    const { wanted, versions } = findReads(blocks, this.#known);
    if (wanted.notByKey) await this.settled();
    // Whatever is not committed yet is known, so other connections find the rest as it is.
    this.#batch.add(blocks, await loadVersions(this.#session.read, "public", wanted, versions), this.#known);
    const head = { height: nextHead.height, hash: nextHead.hash };
    this.#next = { head, finalized: head, hot: [], status: isOnTop ? "LIVE" : "SYNCING", rebuilds: this.#next.rebuilds };
    if (isOnTop) await this.settled();
    else if (this.#batch.rows.feed.length >= this.#enough || head.height - this.#state.head.height >= batchBlocks) await this.#flush();
  }

  /** Begins to write what is projected, once what was being written is. */
  async #flush(): Promise<void> {
    await this.#writing;
    if (sameBlock(this.#next.head, this.#state.head)) return;
    const batch = this.#batch;
    this.#batch = new BlockRows();
    this.#enough = Math.min(this.#most, 2 * this.#enough);
    this.#known.age();
    this.#writing = this.#commit(this.#next, null, batch.blocks, batch);
    this.#writing.catch(() => undefined); // seen by the next transaction, or by who asks whether all is settled
  }

  /** Rolls back to the common ancestor and writes the blocks above it. */
  async transactHot2({ finalizedHead, baseHead, newBlocks }: HotTxInfo, write: (store: MarketStore, from: number, to: number) => Promise<void>): Promise<void> {
    await this.settled();
    const { finalized, hot, head, rebuilds } = this.#state;
    const kept = [finalized, ...hot].filter(({ height }) => height <= baseHead.height);
    if (!sameBlock(kept.at(-1) ?? head, baseHead)) throw moved(`block ${baseHead.height} is not one that was indexed`);
    const chain = [...kept, ...newBlocks.map(({ height, hash }) => ({ height, hash }))];
    const top = chain.at(-1)!;
    const final = chain.find((block) => sameBlock(block, finalizedHead));
    if (!final) throw moved(`finalized block ${finalizedHead.height} is not one that was indexed`);
    const next: IndexState = { head: top, finalized: final, hot: chain.filter(({ height }) => height > final.height), status: "LIVE", rebuilds };
    const rollBackTo = baseHead.height < head.height ? baseHead.height : null;
    this.#known.age();
    await this.#commit(next, rollBackTo, await blocksOf((store) => write(store, 0, newBlocks.length)), null);
    this.#next = next;
  }

  transactHot(): Promise<void> {
    return Promise.reject(new Error("Superseded by transactHot2."));
  }

  async #commit(next: IndexState, rollBackTo: number | null, blocks: readonly MarketBlock[], projected: BlockRows | null): Promise<void> {
    let applied = 0;
    let reverted = 0;
    const work = async (sql: Sql): Promise<void> => {
      if (rollBackTo !== null) {
        await this.#lock(sql);
        this.#known.forget();
        reverted = await rollBack(sql, rollBackTo);
      }
      if (blocks.some(({ events }) => events.length > 0)) {
        await this.#lock(sql);
        const all = projected ?? (await projectLoaded(sql, "public", blocks, this.#known));
        const { feed } = all.rows;
        await writeProjected(sql, "public", all, [await toldRows(sql, feed)]);
        applied = feed.length;
      }
      if (this.#indexesAside && next.status === "LIVE") await restoreIndexes(sql);
      if (!(await moveState(sql, this.#state, next, rollBackTo))) throw changed();
    };
    try {
      await this.#session.transaction(work);
    } catch (error) {
      this.#known.forget();
      throw error;
    }
    this.#state = next;
    if (next.status === "LIVE") this.#indexesAside = false;
    this.#onCommit({ state: next, applied, reverted, reorg: rollBackTo !== null });
  }

  /** Nothing is read or written for a state that is not that of the tables. */
  async #lock(sql: Sql): Promise<void> {
    if (!(await lockState(sql, this.#state))) throw changed();
  }
}

/** @returns the blocks that the processor wants written. */
async function blocksOf(write: (store: MarketStore) => Promise<unknown>): Promise<readonly MarketBlock[]> {
  const all: MarketBlock[] = [];
  await write({
    write: (blocks) => {
      all.push(...blocks);
      return Promise.resolve();
    },
  });
  return all;
}

const changed = (): AppError => moved("another process changed the tables");

/** What was indexed is not what the processor believes: it starts again from what the tables say. */
const moved = (what: string): AppError => new AppError("CONFLICT", `The index is not where the processor believes: ${what}.`);
