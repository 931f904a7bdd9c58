import { Purpose } from "../../schema/market.js";
import { versionsAt } from "../chain/as-of.js";
import { part } from "../filters/sql.js";
import { joinVersion } from "./joins.js";
import type { Source } from "./source.js";

const bits = Object.values(Purpose).filter((bit): bit is Purpose => typeof bit === "number");

/** Listings, as `l`. By purpose a listing counts once for each of its purposes. */
export const listingSource: Source = {
  from: "listing l",
  visible: (at) => versionsAt("l", at),
  moment: { time: "l.listed_time", quarter: "l.listed_quarter", month: "l.listed_month" },
  joins: {
    provider: joinVersion("participant", "pp", "pp.account = l.provider"),
    purpose: () => part(`join (values ${bits.map((bit) => `(${bit}::bigint)`).join(", ")}) as purpose(value) on l.purposes & purpose.value <> 0`),
    modality: () => part("left join app.metadata_document md on md.hash = l.metadata_hash left join lateral unnest(md.modalities) as modality(value) on true"),
  },
  dimensions: {
    STATUS: { sql: "l.status", isText: true },
    DATA_KIND: { sql: "l.data_kind" },
    REGION: { sql: "l.region" },
    PROVIDER: { sql: "l.provider", isText: true },
    PROVIDER_KIND: { sql: "pp.kind", joins: ["provider"] },
    PURPOSE: { sql: "purpose.value::integer", joins: ["purpose"] },
    MODALITY: { sql: "modality.value", joins: ["modality"], isText: true },
  },
  distincts: { providers: { sql: "l.provider" } },
  amounts: { price: { sql: "l.price", isMoney: true }, predicted: { sql: "l.p50", isMoney: true }, sales: { sql: "l.sales" } },
};
