import { randomUUID } from "node:crypto";
import { AppError } from "../../schema/errors.js";
import { resolveAsOf, versionsAt } from "../chain/as-of.js";
import type { ApiContext } from "../context.js";
import { makeLinkToken } from "../downloads/link-token.js";
import { compileListingFilter, compileOrderFilter, compileVoteFilter } from "../filters/listing-filter.js";
import { filterScope } from "../filters/scope.js";
import { allOf, bind, part, type SqlPart } from "../filters/sql.js";
import { ExportSource, type ExportLink, type ExportRowsArgs } from "../types/export.js";
import { exportSources } from "./columns.js";

/** Most rows of one export. */
const maxRows = 2_000_000;
const linkSeconds = 300;

/** What a link stands for; kept in Redis until it ends, so that any API process can serve it. */
export interface PreparedExport {
  readonly source: keyof typeof exportSources;
  readonly format: "ARROW" | "CSV" | "PARQUET";
  readonly block: number;
  /** Over the source's alias, as of the block. */
  readonly where: SqlPart;
}

export const exportKey = (id: string): string => `export:${id}`;

/** @throws AppError BAD_INPUT, LIMIT_EXCEEDED, NOT_READY */
export async function prepareExport(context: ApiContext, args: ExportRowsArgs): Promise<ExportLink> {
  const { database, freshness, redis, keys, publicUrl } = context.deps;
  // "Now" would be another block when the link is opened: the block is fixed here.
  const block = (await resolveAsOf(context, args.at)) ?? (await freshness.now()).indexedBlock;
  const where = whereOf(args, block);
  const { text, values } = bind(part(`select count(*)::integer as rows from (select from ${exportSources[args.source].from} where`), where, part(`limit ${maxRows + 1}) counted`));
  const [counted] = (await database.query(text, values)) as [{ rows: number }];
  if (counted.rows > maxRows) throw new AppError("LIMIT_EXCEEDED", `An export has at most ${maxRows} rows: filter.`, { details: { limit: maxRows } });
  const id = randomUUID();
  const expiresAt = new Date((Math.floor(Date.now() / 1000) + linkSeconds) * 1000);
  const prepared: PreparedExport = { source: args.source, format: args.format, block, where };
  await redis.set(exportKey(id), JSON.stringify(prepared), "EX", linkSeconds);
  return { url: `${publicUrl}/export/${makeLinkToken(keys.link, id, expiresAt)}`, expiresAt, block, rows: counted.rows };
}

function whereOf({ source, listings, orders, audits }: ExportRowsArgs, block: number): SqlPart {
  const given = ([[ExportSource.LISTINGS, listings], [ExportSource.ORDERS, orders], [ExportSource.AUDITS, audits]] as const).filter(([name, filter]) => filter && name !== source);
  if (given.length > 0) throw new AppError("BAD_INPUT", "Only the filter of the exported rows is given.", { details: { field: given[0]![0].toLowerCase() } });
  if (source === ExportSource.LISTINGS) return allOf([versionsAt("l", block), compileListingFilter(listings, filterScope("l", block))]);
  if (source === ExportSource.ORDERS) return allOf([versionsAt("o", block), compileOrderFilter(orders, filterScope("o", block))]);
  return allOf([part("v.block_number <= ?::integer", block), compileVoteFilter(audits, filterScope("v", block))]);
}
