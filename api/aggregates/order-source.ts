import { versionsAt } from "../chain/as-of.js";
import { joinVersion } from "./joins.js";
import type { Source } from "./source.js";

/** Orders, as `o`, with their listings and both sides as they were at the same block. */
export const orderSource: Source = {
  from: "trade_order o",
  visible: (at) => versionsAt("o", at),
  moment: { time: "o.purchased_time", quarter: "o.purchased_quarter", month: "o.purchased_month" },
  joins: {
    listing: joinVersion("listing", "l", "l.id = o.listing_id"),
    provider: joinVersion("participant", "pp", "pp.account = l.provider"),
    buyer: joinVersion("participant", "bp", "bp.account = o.buyer"),
  },
  dimensions: {
    STATUS: { sql: "o.status", isText: true },
    PURPOSE: { sql: "o.purpose::integer" },
    BUYER: { sql: "o.buyer", isText: true },
    BUYER_KIND: { sql: "bp.kind", joins: ["buyer"] },
    DATA_KIND: { sql: "l.data_kind", joins: ["listing"] },
    REGION: { sql: "l.region", joins: ["listing"] },
    PROVIDER: { sql: "l.provider", joins: ["listing"], isText: true },
    PROVIDER_KIND: { sql: "pp.kind", joins: ["listing", "provider"] },
  },
  distincts: {
    buyers: { sql: "o.buyer" },
    listings: { sql: "o.listing_id" },
    providers: { sql: "l.provider", joins: ["listing"] },
  },
  amounts: { price: { sql: "o.price", isMoney: true }, fee: { sql: "o.fee", isMoney: true } },
};
