import type { DataSource, EntityManager } from "typeorm";
import { ParticipantKind, ListingStatus } from "../schema/market.js";
import type { MarketContext } from "./market-signals.js";
import { parsePriceInput, type PriceInput } from "./price-input.js";
import { saleSchema, type Sale } from "./sale.js";
import type { AccountLink } from "./wash-trades.js";

/** Runs a statement. */
export type Query = (sql: string, parameters: unknown[]) => Promise<unknown>;

/** @returns what runs statements in a database, or in a transaction of it. */
export const queryOf = (database: DataSource | EntityManager): Query => (sql, parameters) => database.query(sql, parameters);

/** @returns the newest final block of the index, -1 before there is one; null where there is no index yet. */
export async function lastFinalBlock(query: Query): Promise<number | null> {
  const [chain] = (await query("select finalized_height as height from chain_status where id = 1", [])) as { height: number }[];
  return chain?.height ?? null;
}

/** What was true as of block $1: the chain's tables keep every version. */
const asOf = (table: string): string => `${table}.from_block <= $1 and (${table}.to_block is null or ${table}.to_block > $1)`;

/** What of the sales is wanted, e.g. for `marketSignals`. */
export interface SalesFilter {
  /** Code of `schema/market` DataKind. */
  readonly dataKind: number;
  /** Seconds since 1970: sales before it are left out. */
  readonly since: number;
}

/**
 * Every paid order as of a block, with the prediction that stands on the chain with its listing. Oldest first.
 * @param inputs - what the model was asked, by listing id; a sale without stays null there, and teaches nothing.
 * @param filter - all sales, unless told.
 */
export async function loadSales(query: Query, block: number, inputs: ReadonlyMap<string, PriceInput> = new Map(), filter?: SalesFilter): Promise<Sale[]> {
  const rows = (await query(
    `select o.id as "orderId", o.listing_id as "listingId", l.provider, l.payee, o.buyer, l.data_kind as "dataKind", o.price::text as price,
            l.p10::text as p10, l.p50::text as p50, l.p90::text as p90, l.model_hash as "modelHash", l.listed_block as "listedBlock",
            o.purchased_block as "purchasedBlock", extract(epoch from o.purchased_time)::bigint::text as "purchasedTime",
            case when o.status = 'SETTLED' then o.closed_block end as "settledBlock"
       from trade_order o join listing l on l.id = o.listing_id and ${asOf("l")}
      where ${asOf("o")} and ($2::int is null or l.data_kind = $2) and ($3::bigint is null or o.purchased_time >= to_timestamp($3)) order by o.purchased_block, o.id`,
    [block, filter?.dataKind ?? null, filter?.since ?? null],
  )) as (Record<"price" | "p10" | "p50" | "p90" | "purchasedTime", string> & { listingId: string })[];
  return rows
    // A listing may carry no prediction, or no price worth the name: neither says anything about the model.
    .filter((r) => BigInt(r.price) > 0n && BigInt(r.p50) > 0n)
    .map((r) => saleSchema.parse({
      ...r, price: BigInt(r.price), p10: BigInt(r.p10), p50: BigInt(r.p50), p90: BigInt(r.p90), purchasedTime: Number(r.purchasedTime), input: inputs.get(r.listingId) ?? null,
    }));
}

/** What the model was asked for each listing that was priced here, by listing id. */
export async function loadPriceInputs(query: Query): Promise<Map<string, PriceInput>> {
  const rows = (await query("select listing_id, price_input from app.upload where listing_id is not null and price_input is not null", [])) as { listing_id: string; price_input: unknown }[];
  return new Map(rows.map(({ listing_id, price_input }) => [listing_id, parsePriceInput(price_input)]));
}

/** Accounts of one institution, as of a block: what they sell each other is no market price. */
export async function loadInstitutionLinks(query: Query, block: number): Promise<AccountLink[]> {
  const rows = (await query(
    `select first_value(account) over (partition by institution order by account) as a, account as b from participant p where ${asOf("p")} order by institution, account`,
    [block],
  )) as { a: string; b: string }[];
  return rows.filter(({ a, b }) => a !== b).map(({ a, b }) => [a, b]);
}

/** Who is an enterprise and what is on offer, as of a block: for `marketSignals`. */
export async function loadMarketContext(query: Query, block: number): Promise<MarketContext> {
  const enterprises = (await query(`select account from participant p where kind = ${ParticipantKind.ENTERPRISE} and ${asOf("p")}`, [block])) as { account: string }[];
  const offers = (await query(
    `select data_kind as "dataKind", count(*)::int as n from listing l where status = '${ListingStatus.APPROVED}' and ${asOf("l")} group by data_kind`, [block],
  )) as { dataKind: number; n: number }[];
  return {
    enterprises: new Set(enterprises.map(({ account }) => account.toLowerCase())),
    onOffer: Object.fromEntries(offers.map(({ dataKind, n }) => [dataKind, n])),
  };
}
