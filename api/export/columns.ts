/** A column of an export: its name, and what it holds. Large numbers are exact: 64 bits at most on the chain; sums of them 38 digits. */
export interface ExportColumn {
  readonly name: string;
  readonly type: "VARCHAR" | "INTEGER" | "UBIGINT" | "DECIMAL" | "TIMESTAMPTZ" | "BOOLEAN";
}

export interface SelectedColumn extends ExportColumn {
  /** Expression over the source's alias. */
  readonly select: string;
}

/** Digits of a DECIMAL, all before the point. */
export const decimalDigits = 38;

export interface ExportSourceColumns {
  readonly from: string;
  /** Rows are sorted by it, so that the same question about the same final block gives the same bytes. */
  readonly key: string;
  readonly columns: readonly SelectedColumn[];
}

const text = (alias: string, names: string): SelectedColumn[] => names.split(" ").map((name) => ({ name, select: `${alias}.${name}`, type: "VARCHAR" }));
const integer = (alias: string, names: string): SelectedColumn[] => names.split(" ").map((name) => ({ name, select: `${alias}.${name}`, type: "INTEGER" }));
const large = (alias: string, names: string): SelectedColumn[] => names.split(" ").map((name) => ({ name, select: `${alias}.${name}`, type: "UBIGINT" }));
const time = (alias: string, names: string): SelectedColumn[] =>
  names.split(" ").map((name) => ({ name, select: `to_char(${alias}.${name} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`, type: "TIMESTAMPTZ" }));

/** What is exported: all of it stands on the chain for all to see. */
export const exportSources: Readonly<Record<"LISTINGS" | "ORDERS" | "AUDITS", ExportSourceColumns>> = {
  LISTINGS: {
    from: "listing l",
    key: "l.id",
    columns: [
      ...text("l", "id status provider payee content_hash metadata_hash previous_id"), ...integer("l", "data_kind region"), ...large("l", "price purposes p10 p50 p90"),
      ...integer("l", "approvals rejections sales listed_block"), ...time("l", "listed_time"), ...text("l", "listed_transaction"), ...integer("l", "from_block"),
    ],
  },
  ORDERS: {
    from: "trade_order o",
    key: "o.id",
    columns: [
      ...text("o", "id listing_id buyer status"), ...large("o", "price purpose fee"), ...integer("o", "purchased_block"), ...time("o", "purchased_time"), ...text("o", "purchased_transaction"),
      ...integer("o", "delivered_block"), ...time("o", "delivered_time"), ...integer("o", "closed_block"), ...time("o", "closed_time"),
    ],
  },
  AUDITS: {
    from: "vote v",
    key: "v.id",
    columns: [...text("v", "id listing_id auditor"), { name: "approve", select: "v.approve", type: "BOOLEAN" }, ...integer("v", "reason block_number"), ...time("v", "block_time"), ...text("v", "transaction_hash")],
  },
};
