/** The projection alone, as the peers make it: our data source, decoder and bulk writes on their two tables, without history, feed and transactions. */
import { readFileSync } from "node:fs";
import type { FinalTxInfo, HotDatabase, HotDatabaseState, HotTxInfo } from "@subsquid/util-internal-processor-tools";
import pg from "pg";
import { ChainRpc } from "../../indexer/chain-rpc.js";
import { ChainSource } from "../../indexer/chain-source.js";
import { copyRows, plainCells } from "../../indexer/copy-rows.js";
import type { MarketEvent } from "../../indexer/event-types.js";
import type { MarketBlock } from "../../indexer/market-block.js";
import { runProcessor, type MarketStore } from "../../indexer/run-processor.js";
import { BlockReader } from "../../indexer/read-blocks.js";

const { url, address } = JSON.parse(readFileSync(process.env["CHAIN_JSON"]!, "utf8")) as { url: string; address: string };
const finalityDepth = 2;
/** Purchases that are written together: so many if nothing is being written, and never more than that many. */
const purchasesAtOnce = { least: 1_500, most: 6_000 };
const client = new pg.Client(process.env["DATABASE_URL"]!);
/** The first blocks are read while the tables are made. */
const tables = client.connect().then(() => client.query(`
  create table listing (id text primary key, provider text not null, price numeric(78, 0) not null, metadata_hash text not null, data_kind integer not null, sales integer not null, listed_block integer not null);
  create table purchase (id text primary key, listing_id text not null, buyer text not null, price numeric(78, 0) not null, block integer not null);
  create table progress (height integer not null)`));

const listingCells = plainCells({ id: "text", provider: "text", price: "numeric", metadataHash: "text", dataKind: "integer", sales: "integer", listedBlock: "integer" });
const purchaseCells = plainCells({ id: "text", listingId: "text", buyer: "text", price: "numeric", block: "integer" });

type ListingRow = { id: string; sales: number } & Record<string, unknown>;
/** What is not written yet: a chain's past goes in transactions of many splits, as the peers write it. */
class Rows {
  readonly listings = new Map<string, ListingRow>();
  readonly purchases: object[] = [];
  /** More sales of listings that are in the table. */
  readonly sales = new Map<string, number>();

  add({ events }: MarketBlock): void {
    for (const event of events) {
      if (event.args === null) continue;
      if (event.name === "Listed") {
        const { listingId, provider, terms, offer, dataKind } = (event as MarketEvent<"Listed">).args;
        this.listings.set(listingId, { id: listingId, provider, price: offer.price, metadataHash: terms.metadataHash, dataKind, sales: 0, listedBlock: event.blockNumber });
      } else if (event.name === "Purchased") {
        const { orderId, listingId, buyer, price } = (event as MarketEvent<"Purchased">).args;
        this.purchases.push({ id: orderId, listingId, buyer, price, block: event.blockNumber });
        const own = this.listings.get(listingId);
        if (own) own.sales++;
        else this.sales.set(listingId, (this.sales.get(listingId) ?? 0) + 1);
      }
    }
  }

  async write(height: number): Promise<void> {
    await client.query("begin");
    await copyRows(client, "listing", listingCells, [...this.listings.values()]);
    await copyRows(client, "purchase", purchaseCells, this.purchases);
    if (this.sales.size > 0) await client.query("update listing l set sales = l.sales + v.sales from unnest($1::text[], $2::integer[]) v (id, sales) where l.id = v.id", [[...this.sales.keys()], [...this.sales.values()]]);
    await client.query("with gone as (delete from progress) insert into progress values ($1)", [height]);
    await client.query("commit");
  }
}

let rows = new Rows();
let writing: Promise<void> = tables.then(() => undefined);
let isWriting = false;
/** The next blocks are read and projected while those before them are written. */
async function transact(height: number, isOnTop: boolean, work: (store: MarketStore) => Promise<void>): Promise<void> {
  await work({ write: (blocks) => Promise.resolve(blocks.forEach((block) => rows.add(block))) });
  if (!isOnTop && rows.purchases.length < (isWriting ? purchasesAtOnce.most : purchasesAtOnce.least)) return;
  await writing;
  isWriting = true;
  writing = rows.write(height).then(() => void (isWriting = false));
  rows = new Rows();
  if (isOnTop) await writing;
}
const database: HotDatabase<MarketStore> = {
  supportsHotBlocks: true,
  connect: (): Promise<HotDatabaseState> => Promise.resolve({ height: -1, hash: "0x", top: [] }),
  transact: ({ nextHead, isOnTop }: FinalTxInfo, work) => transact(nextHead.height, isOnTop, work),
  transactHot: () => Promise.reject(new Error("Superseded by transactHot2.")),
  transactHot2: ({ newBlocks }: HotTxInfo, work) => transact(newBlocks.at(-1)!.height, true, (store) => work(store, 0, newBlocks.length)),
};
const rpc = new ChainRpc(url);
const { height } = await rpc.latest();
const source = new ChainSource(
  { rpc, reader: new BlockReader(rpc, [address]), finalityDepth, pollIntervalMs: 50, signal: new AbortController().signal, onHead: () => undefined },
  Math.max(0, height - finalityDepth),
);
await runProcessor({ source, database, deployBlock: 1, allBlocksAreFinal: false });
