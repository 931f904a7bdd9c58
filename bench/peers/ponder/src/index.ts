import { ponder } from "ponder:registry";
import { listing, purchase } from "ponder:schema";

ponder.on("Marketplace:Listed", async ({ event, context }) => {
  const { listingId, provider, listing: packed } = event.args;
  await context.db.insert(listing).values({
    id: listingId,
    provider: provider.toLowerCase(),
    price: BigInt.asUintN(64, packed.prices),
    metadataHash: packed.metadataHash,
    dataKind: Number(BigInt.asUintN(8, packed.sale >> 160n)),
    sales: 0,
    listedBlock: Number(event.block.number),
  });
});

ponder.on("Marketplace:Purchased", async ({ event, context }) => {
  const { orderId, listingId, buyer, sale } = event.args;
  const price = BigInt.asUintN(64, sale);
  await context.db.insert(purchase).values({ id: orderId, listingId, buyer: buyer.toLowerCase(), price, block: Number(event.block.number) });
  await context.db.update(listing, { id: listingId }).set((row) => ({ sales: row.sales + 1 }));
});
