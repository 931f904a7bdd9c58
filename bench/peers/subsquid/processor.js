"use strict";
// The stock processor and store, as their documentation has it: `CHAIN_JSON` names chain and contract, `DB_*` the database.
const { readFileSync } = require("node:fs");
const { EvmBatchProcessor } = require("@subsquid/evm-processor");
const { TypeormDatabase } = require("@subsquid/typeorm-store");
const { Interface } = require("ethers");
const { In } = require("typeorm");
const { Listing, Purchase } = require("./lib/model");

const chain = JSON.parse(readFileSync(process.env.CHAIN_JSON, "utf8"));
const market = new Interface(chain.abi);
const listedTopic = market.getEvent("Listed").topicHash;
const purchasedTopic = market.getEvent("Purchased").topicHash;

const processor = new EvmBatchProcessor()
  .setRpcEndpoint({ url: chain.url, capacity: 10, maxBatchCallSize: 100 })
  .setFinalityConfirmation(2)
  .setRpcDataIngestionSettings({ headPollInterval: 50 })
  .setFields({ log: { topics: true, data: true }, block: { timestamp: true } })
  .addLog({ address: [chain.address], topic0: [listedTopic, purchasedTopic] });

processor.run(new TypeormDatabase({ supportHotBlocks: true, projectDir: __dirname }), async ({ blocks, store }) => {
  const listings = new Map();
  const purchases = [];
  const sales = new Map();
  for (const { header, logs } of blocks) {
    for (const log of logs) {
      if (log.topics[0] === listedTopic) {
        const { listingId, provider, listing } = market.decodeEventLog("Listed", log.data, log.topics);
        const price = BigInt.asUintN(64, listing.prices);
        const dataKind = Number(BigInt.asUintN(8, listing.sale >> 160n));
        const row = { id: listingId, provider: provider.toLowerCase(), price, metadataHash: listing.metadataHash, dataKind, sales: 0, listedBlock: header.height };
        listings.set(listingId, new Listing(row));
      } else {
        const { orderId, listingId, buyer, sale } = market.decodeEventLog("Purchased", log.data, log.topics);
        const price = BigInt.asUintN(64, sale);
        purchases.push(new Purchase({ id: orderId, listingId, buyer: buyer.toLowerCase(), price, block: header.height }));
        const own = listings.get(listingId);
        if (own) own.sales++;
        else sales.set(listingId, (sales.get(listingId) ?? 0) + 1);
      }
    }
  }
  await store.insert([...listings.values()]);
  await store.insert(purchases);
  if (sales.size === 0) return;
  const earlier = await store.findBy(Listing, { id: In([...sales.keys()]) });
  for (const listing of earlier) listing.sales += sales.get(listing.id);
  await store.upsert(earlier);
});
