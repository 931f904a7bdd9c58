import { ponder } from "ponder:registry";
import { listing, purchase } from "ponder:schema";

ponder.on("Marketplace:Listed", async ({ event, context }) => {
  const { listingId, provider, dataKind, terms, offer } = event.args;
  await context.db.insert(listing).values({
    id: listingId,
    provider: provider.toLowerCase(),
    price: offer.price,
    metadataHash: terms.metadataHash,
    dataKind,
    sales: 0,
    listedBlock: Number(event.block.number),
  });
});

ponder.on("Marketplace:Purchased", async ({ event, context }) => {
  const { orderId, listingId, buyer, price } = event.args;
  await context.db.insert(purchase).values({ id: orderId, listingId, buyer: buyer.toLowerCase(), price, block: Number(event.block.number) });
  await context.db.update(listing, { id: listingId }).set((row) => ({ sales: row.sales + 1 }));
});
