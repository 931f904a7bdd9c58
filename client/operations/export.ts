import { operation } from "./operation.js";

export type ExportFormat = "ARROW" | "CSV" | "PARQUET";

/** Where an export is fetched, with GET, by whoever has the address. */
export interface ExportLink {
  url: string;
  expiresAt: string;
  /** The block that all rows are of. */
  block: number;
  rows: number;
}

/** A point of the chain's past; exactly one of the three. */
export interface AsOf {
  block?: number;
  blockHash?: string;
  time?: string;
}

export const linkFields = "url expiresAt block rows";

/** Which rows: `where` of what is exported alone. */
export const exportRows = operation<
  { exportRows: ExportLink },
  { source: "LISTINGS" | "ORDERS" | "AUDITS"; format: ExportFormat; listings?: object; orders?: object; audits?: object; at?: AsOf }
>(`mutation ExportRows($source: ExportSource!, $format: ExportFormat!, $listings: ListingFilter, $orders: OrderFilter, $audits: VoteFilter, $at: AsOf) {
  exportRows(source: $source, format: $format, listings: $listings, orders: $orders, audits: $audits, at: $at) { ${linkFields} }
}`);
