import type { DataSource } from "typeorm";
import type { Sale } from "../../ml-model/sale.js";

/** The columns that a query or mapping needs get what is given; the others that must be there a filler of their type. */
export async function insertRows(database: DataSource, table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const [schema = "public", name = table] = table.includes(".") ? table.split(".") : ["public", table];
  const columns = (await database.query(
    "select column_name as name, data_type as type from information_schema.columns where table_schema = $1 and table_name = $2 and is_nullable = 'NO' and column_default is null", [schema, name],
  )) as { name: string; type: string }[];
  const filler = (type: string): unknown => (type === "text" ? "0x00" : type === "boolean" ? false : type.startsWith("timestamp") ? new Date(1_790_000_000_000) : 0);
  const filled = rows.map((row) => ({ ...Object.fromEntries(columns.map((column) => [column.name, filler(column.type)])), ...row }));
  const names = [...new Set(filled.flatMap((row) => Object.keys(row)))].join();
  await database.query(`insert into ${table} (${names}) select ${names} from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [JSON.stringify(filled, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value))]);
}

/** Settled sales as the indexer has them, what the model was asked as the workers have it, and an index whose last final block is `height`. */
export async function insertSales(database: DataSource, sales: readonly Sale[], height: number): Promise<void> {
  await insertRows(database, "listing", sales.map((s) => ({
    id: s.listingId, from_block: s.listedBlock, listed_block: s.listedBlock, status: "APPROVED", provider: s.provider, payee: s.payee, data_kind: s.dataKind,
    price: s.price, p10: s.p10, p50: s.p50, p90: s.p90, model_hash: s.modelHash,
  })));
  await insertRows(database, "trade_order", sales.map((s) => ({
    id: s.orderId, listing_id: s.listingId, from_block: s.settledBlock, purchased_block: s.purchasedBlock, purchased_time: new Date(s.purchasedTime * 1000), status: "SETTLED",
    buyer: s.buyer, price: s.price, closed_block: s.settledBlock, closed_time: new Date((s.purchasedTime + 1) * 1000),
  })));
  await insertRows(database, "app.upload", sales.map((s) => ({ id: uuidOf(s.orderId), status: "SUBMITTED", listing_id: s.listingId, price_input: s.input, created_at: new Date(), updated_at: new Date() })));
  await insertRows(database, "chain_status", [{ id: 1, height, finalized_height: height, status: "LIVE" }]);
}

/** From the digits at the end. */
const uuidOf = (name: string): string => `00000000-0000-4000-8000-${(/\d+$/.exec(name)?.[0] ?? "").padStart(12, "0")}`;
