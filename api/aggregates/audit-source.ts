import { addedAt } from "../chain/as-of.js";
import { joinVersion } from "./joins.js";
import type { Source } from "./source.js";

/** Auditors' votes, as `v`, with their listings as they were at the same block. */
export const auditSource: Source = {
  from: "vote v",
  visible: (at) => addedAt("v", at),
  moment: { time: "v.block_time", quarter: "v.block_quarter", month: "v.block_month" },
  joins: {
    listing: joinVersion("listing", "l", "l.id = v.listing_id"),
    provider: joinVersion("participant", "pp", "pp.account = l.provider"),
  },
  dimensions: {
    APPROVE: { sql: "v.approve", isBoolean: true },
    REASON: { sql: "v.reason" },
    AUDITOR: { sql: "v.auditor", isText: true },
    LISTING_STATUS: { sql: "l.status", joins: ["listing"], isText: true },
    DATA_KIND: { sql: "l.data_kind", joins: ["listing"] },
    REGION: { sql: "l.region", joins: ["listing"] },
    PROVIDER_KIND: { sql: "pp.kind", joins: ["listing", "provider"] },
  },
  distincts: { auditors: { sql: "v.auditor" }, listings: { sql: "v.listing_id" } },
  // Whole seconds: blocks have no finer time.
  amounts: { waiting: { sql: "extract(epoch from v.block_time)::bigint - extract(epoch from l.listed_time)::bigint", joins: ["listing"] } },
};
