import type { GalenClient } from "../client.js";
import { exportRows as operation, type AsOf, type ExportFormat, type ExportLink } from "../operations/export.js";

/** Names of what can be exported row by row, as filters of the API name them. */
export type ExportedRows = "listings" | "orders" | "audits";

/**
 * Prepares a file of all rows of a filter, as of one block; whoever is signed in may.
 * @param question.where - a ListingFilter, OrderFilter or VoteFilter
 * @param question.at - as of then; now if left out, and the answer names the block
 * @throws AppError UNAUTHENTICATED, BAD_INPUT, LIMIT_EXCEEDED (rows, bytes), NOT_READY
 */
export async function exportRows(client: GalenClient, rows: ExportedRows, question: { format: ExportFormat; where?: object; at?: AsOf }): Promise<ExportLink> {
  const { format, where, at } = question;
  const source = rows.toUpperCase() as Uppercase<ExportedRows>;
  return (await client.request(operation, { source, format, ...(where ? { [rows]: where } : {}), ...(at ? { at } : {}) })).exportRows;
}
