import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { keccak256, toUtf8Bytes } from "ethers";
import pg from "pg";
import { generatedLog, seededRandom } from "../test/support/generated-logs.js";
import { withMigratedPostgres } from "../test/support/with-migrated-postgres.js";
import type { TestService } from "../test/support/with-postgres.js";
import type { HashAndHeight } from "@subsquid/util-internal-processor-tools";
import { decodeLog } from "./decode-log.js";
import { digestTables } from "./digest-tables.js";
import { createState, nothing, type IndexState } from "./index-state.js";
import type { MarketBlock } from "./market-block.js";
import { MarketDatabase } from "./market-database.js";
import { replayFeed, withoutOrigin } from "../test/support/replay-feed.js";
import { createTableCopies } from "./table-copies.js";
import { rebuildable, versionedTables, addedTables, chainTables, feedColumns, columnName } from "./tables.js";
import { writeRows } from "./write-rows.js";
import type { WriterSession } from "./writer-session.js";

let postgres: TestService;
let client: pg.Client;
let reader: pg.Client;
before(async () => {
  postgres = await withMigratedPostgres();
  client = new pg.Client(postgres.url);
  reader = new pg.Client(postgres.url);
  await Promise.all([client.connect(), reader.connect()]);
});
after(async () => {
  await Promise.all([client.end(), reader.end()]);
  await postgres.stop();
});

const session: WriterSession = {
  get sql() {
    return client;
  },
  get read() {
    return reader;
  },
  signal: new AbortController().signal,
  lastAnswer: () => 0,
  onIdle: null,
  async transaction(work) {
    await client.query("begin");
    try {
      const result = await work(client);
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback");
      throw error;
    }
  },
  close: () => undefined,
};

async function emptyTables(): Promise<void> {
  await client.query(`truncate ${Object.keys(rebuildable).join(", ")}, market_event, hot_block, chain_status`);
  await client.query("update feed_counter set last_seq = 0");
  await createState(client, 31337, `0x${"00".repeat(20)}`);
}

/** A block with up to four generated events; different for each `fork` at the same height. */
function block(parent: HashAndHeight, seed: number): MarketBlock {
  const random = seededRandom(seed);
  const height = parent.height + 1;
  const hash = keccak256(toUtf8Bytes(`${parent.hash} ${seed}`));
  const time = new Date(1_700_000_000_000 + height * 2_000);
  const events = Array.from({ length: random(5) }, (_, logIndex) => ({ logIndex, log: generatedLog(random) }));
  const transactionHash = keccak256(toUtf8Bytes(`tx ${hash}`));
  return {
    header: { height, hash, parentHash: parent.hash, time, signer: random(2) ? `0x${"ab".repeat(20)}` : null },
    transactions: events.length === 0 ? [] : [{ hash: transactionHash, blockNumber: height, transactionIndex: 0, sender: `0x${"cd".repeat(20)}`, recipient: null }],
    events: events.flatMap(({ logIndex, log }) => decodeLog({ blockNumber: height, blockHash: hash, blockTime: time, transactionHash, logIndex, ...log })),
  };
}

const command = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("finalized" as const), blocks: fc.integer({ min: 1, max: 5 }), seed: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("hot" as const), blocks: fc.integer({ min: 1, max: 4 }), seed: fc.nat(), finality: fc.integer({ min: 0, max: 6 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("reorg" as const), depth: fc.integer({ min: 1, max: 6 }), blocks: fc.integer({ min: 0, max: 6 }), seed: fc.nat() }) },
);

test("fold(feed) == tables == fold(logs), over any history of blocks and re-orgs", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 10 }), async (commands) => {
      await emptyTables();
      let state: IndexState = { head: nothing, finalized: nothing, hot: [], status: "SYNCING", rebuilds: 0 };
      const database = new MarketDatabase(session, state, (committed) => {
        // What `transact` does not wait for is committed when it is no longer the newest.
        if (committed.state.status === "LIVE") ({ state } = committed);
      }, false, { first: 2, most: 12 });
      let chain: MarketBlock[] = [];
      const extend = (base: HashAndHeight, count: number, seed: number): MarketBlock[] => {
        const blocks: MarketBlock[] = [];
        for (let index = 0; index < count; index++) blocks.push(block(blocks.at(-1)?.header ?? base, seed + index));
        return blocks;
      };
      for (const step of commands) {
        if (step.kind === "finalized") {
          if (state.hot.length > 0) continue;
          const blocks = extend(state.head, step.blocks, step.seed);
          const head = blocks.at(-1)!.header;
          await database.transact({ prevHead: state.head, nextHead: head, isOnTop: step.seed % 2 === 0 }, (store) => store.write(blocks));
          if (step.seed % 2) state = { ...state, head, finalized: head };
          chain = [...chain, ...blocks];
          continue;
        }
        const hotBase = step.kind === "reorg" ? ([state.finalized, ...state.hot].at(-1 - Math.min(step.depth, state.hot.length)) ?? state.finalized) : state.head;
        const blocks = extend(hotBase, step.blocks, step.seed);
        const kept = [state.finalized, ...state.hot].filter(({ height }) => height <= hotBase.height);
        const all = [...kept, ...blocks.map(({ header }) => header)];
        const finality = step.kind === "hot" ? step.finality : 6;
        const finalizedHead = all[Math.max(0, all.length - 1 - finality)]!;
        await database.transactHot2({ finalizedHead, baseHead: hotBase, newBlocks: blocks.map(({ header }) => header) }, (store, from, to) => store.write(blocks.slice(from, to)));
        chain = [...chain.filter(({ header }) => header.height <= hotBase.height), ...blocks];
      }
      await database.settled();
      const tables = await digestTables(client);

      await createTableCopies(client, "clean");
      await writeRows(client, "clean", chain);
      assert.deepEqual(await digestTables(client, "clean"), tables, "tables == fold(logs)");

      assert.deepEqual(await replayFeed(client), withoutOrigin(tables), "fold(feed) == tables");

      const { rows } = await client.query<{ gaps: string; last: string; counter: string; unpaired: string }>(
        `select (select count(*) from market_event) <> (select coalesce(max(seq), 0) from market_event) as gaps, (select coalesce(max(seq), 0) from market_event) as last,
           (select last_seq from feed_counter) as counter,
           (select count(*) from market_event m where op = 'APPLY' and (select hash from hot_block h where h.height = m.block_number) <> m.block_hash
             and not exists (select from market_event r where r.reverts = m.seq)) as unpaired`,
      );
      assert.deepEqual(rows[0], { gaps: false, last: rows[0]!.counter, counter: rows[0]!.counter, unpaired: "0" });
      const hot = await client.query("select height, hash from hot_block order by height");
      assert.deepEqual(hot.rows, state.hot.map(({ height, hash }) => ({ height, hash })));
    }),
    { numRuns: Number(process.env["INDEXER_RUNS"] ?? (process.env["GALEN_DEEP"] ? 500 : 30)) },
  );
});

test("a processor that is wrong about where the tables stand changes nothing", async () => {
  await emptyTables();
  const state: IndexState = { head: nothing, finalized: nothing, hot: [], status: "SYNCING", rebuilds: 0 };
  const first = block(nothing, 1);
  const one = new MarketDatabase(session, state, () => undefined);
  const two = new MarketDatabase(session, state, () => undefined);
  const info = { prevHead: nothing, nextHead: first.header, isOnTop: true };
  await one.transact(info, (store) => store.write([first]));
  const before = await digestTables(client);
  await assert.rejects(two.transact(info, (store) => store.write([first])), { code: "CONFLICT" });
  await assert.rejects(one.transact(info, (store) => store.write([first])), { code: "CONFLICT" });
  assert.deepEqual(await digestTables(client), before);
});

test("the column lists are those of the migrations", async () => {
  for (const [table, columns] of Object.entries({ ...versionedTables, ...addedTables, ...chainTables, market_event: feedColumns })) {
    const { rows } = await client.query<{ name: string; type: string }>(
      "select column_name as name, case data_type when 'timestamp with time zone' then 'timestamptz' else data_type end as type from information_schema.columns where table_schema = 'public' and table_name = $1 order by 1",
      [table],
    );
    const ours = Object.entries(columns).map(([name, type]) => ({ name: columnName(name), type: type as string }));
    assert.deepEqual(rows, ours.sort((a, b) => (a.name < b.name ? -1 : 1)), table);
  }
});
