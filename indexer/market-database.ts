import type { FinalTxInfo, HashAndHeight, HotDatabase, HotDatabaseState, HotTxInfo } from "@subsquid/util-internal-processor-tools";
import { AppError } from "../schema/errors.js";
import type { Sql } from "./copy-rows.js";
import { toldRows } from "./feed.js";
import { restoreIndexes } from "./indexes-aside.js";
import { KnownVersions } from "./known-versions.js";
import { lockState, moveState, nothing, sameBlock, type IndexState } from "./index-state.js";
import type { MarketBlock } from "./market-block.js";
import type { MarketStore } from "./run-processor.js";
import { rollBack } from "./roll-back.js";
import { projectKnown, projectLoaded, writeProjected, type Projected } from "./write-rows.js";
import type { WriterSession } from "./writer-session.js";

/** What a committed transaction did. */
export interface Committed {
  readonly state: IndexState;
  readonly applied: number;
  readonly reverted: number;
  /** A roll-back was part of it. */
  readonly reorg: boolean;
}

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
  /** What will be once the transaction under way is committed. */
  #next: IndexState;
  #writing: Promise<void> = Promise.resolve();
  #indexesAside: boolean;

  /**
   * @param state what the tables hold and the chain agrees with: see `reconcile`.
   * @param indexesAside that indexes are to be made before the tables are LIVE.
   */
  constructor(session: WriterSession, state: IndexState, onCommit: (committed: Committed) => void, indexesAside = false) {
    this.#session = session;
    this.#state = state;
    this.#next = state;
    this.#onCommit = onCommit;
    this.#indexesAside = indexesAside;
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

  /** Resolves when nothing is being written; throws what made a transaction fail that `transact` did not wait for. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** Writes finalized blocks. While there are more to come it does not wait until they are written: the next are projected meanwhile. */
  async transact({ prevHead, nextHead, isOnTop }: FinalTxInfo, write: (store: MarketStore) => Promise<void>): Promise<void> {
    if (!sameBlock(prevHead, this.#next.head)) throw moved(`finalized blocks after ${prevHead.height} do not follow block ${this.#next.head.height}`);
    const head = { height: nextHead.height, hash: nextHead.hash };
    const next: IndexState = { head, finalized: head, hot: [], status: isOnTop ? "LIVE" : "SYNCING", rebuilds: this.#next.rebuilds };
    const blocks = await blocksOf(write);
    const projected = projectKnown(blocks, this.#known);
    await this.#writing;
    const writing = this.#commit(next, null, blocks, projected);
    if (isOnTop) return writing;
    this.#next = next;
    this.#writing = writing;
    writing.catch(() => undefined); // seen by the next transaction, or by who asks whether all is settled
  }

  /** Rolls back to the common ancestor and writes the blocks above it. */
  async transactHot2({ finalizedHead, baseHead, newBlocks }: HotTxInfo, write: (store: MarketStore, from: number, to: number) => Promise<void>): Promise<void> {
    await this.#writing;
    const { finalized, hot, head, rebuilds } = this.#state;
    const kept = [finalized, ...hot].filter(({ height }) => height <= baseHead.height);
    if (!sameBlock(kept.at(-1) ?? head, baseHead)) throw moved(`block ${baseHead.height} is not one that was indexed`);
    const chain = [...kept, ...newBlocks.map(({ height, hash }) => ({ height, hash }))];
    const top = chain.at(-1)!;
    const final = chain.find((block) => sameBlock(block, finalizedHead));
    if (!final) throw moved(`finalized block ${finalizedHead.height} is not one that was indexed`);
    const next: IndexState = { head: top, finalized: final, hot: chain.filter(({ height }) => height > final.height), status: "LIVE", rebuilds };
    const rollBackTo = baseHead.height < head.height ? baseHead.height : null;
    await this.#commit(next, rollBackTo, await blocksOf((store) => write(store, 0, newBlocks.length)), null);
  }

  transactHot(): Promise<void> {
    return Promise.reject(new Error("Superseded by transactHot2."));
  }

  async #commit(next: IndexState, rollBackTo: number | null, blocks: readonly MarketBlock[], projected: Projected | null): Promise<void> {
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
    this.#next = next;
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
