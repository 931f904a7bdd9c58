import { onchainTable } from "ponder";

export const listing = onchainTable("listing", (t) => ({
  id: t.text().primaryKey(),
  provider: t.text().notNull(),
  price: t.bigint().notNull(),
  metadataHash: t.text().notNull(),
  dataKind: t.integer().notNull(),
  sales: t.integer().notNull(),
  listedBlock: t.integer().notNull(),
}));

export const purchase = onchainTable("purchase", (t) => ({
  id: t.text().primaryKey(),
  listingId: t.text().notNull(),
  buyer: t.text().notNull(),
  price: t.bigint().notNull(),
  block: t.integer().notNull(),
}));
