"use strict";
const { EntitySchema } = require("typeorm");

class Listing {
  constructor(fields) {
    Object.assign(this, fields);
  }
}
class Purchase {
  constructor(fields) {
    Object.assign(this, fields);
  }
}
const bigintText = { to: (value) => value?.toString(), from: (value) => (value == null ? value : BigInt(value)) };

exports.Listing = Listing;
exports.Purchase = Purchase;
exports.ListingSchema = new EntitySchema({
  name: "listing",
  target: Listing,
  columns: {
    id: { type: "text", primary: true },
    provider: { type: "text" },
    price: { type: "numeric", transformer: bigintText },
    metadataHash: { type: "text", name: "metadata_hash" },
    dataKind: { type: "int", name: "data_kind" },
    sales: { type: "int" },
    listedBlock: { type: "int", name: "listed_block" },
  },
});
exports.PurchaseSchema = new EntitySchema({
  name: "purchase",
  target: Purchase,
  columns: {
    id: { type: "text", primary: true },
    listingId: { type: "text", name: "listing_id" },
    buyer: { type: "text" },
    price: { type: "numeric", transformer: bigintText },
    block: { type: "int" },
  },
});
