import { randomUUID } from "node:crypto";
import { AppError } from "../../schema/errors.js";
import type { AggregateQuery } from "../aggregates/query.js";
import { resolveAsOf } from "../chain/as-of.js";
import type { ApiContext } from "../context.js";
import { makeLinkToken } from "../downloads/link-token.js";
import { listingsAt, ordersAt, votesAt } from "../filters/chosen-at.js";
import { bind, part, type SqlPart } from "../filters/sql.js";
import { ExportSource, type ExportFormat, type ExportLink, type ExportRowsArgs } from "../types/export.js";
import { checkBytes } from "./bound-bytes.js";
import { exportSources } from "./columns.js";
import { writeQuestion } from "./question.js";

/** Most rows of one export. */
export const maxExportRows = 2_000_000;
const linkSeconds = 300;
/** Rows that tell how many bytes one has: almost all texts of the chain are of one length. */
const sampled = 1_000;

/** What a link stands for; kept in Redis until it ends, so that any API process can serve it. */
export interface PreparedExport {
  readonly source: keyof typeof exportSources;
  readonly format: "ARROW" | "CSV" | "PARQUET";
  readonly block: number;
  /** Which rows, over the source's alias, as of the block; or the question whose groups are exported, as `writeQuestion` has it. */
  readonly of: { readonly where: SqlPart } | { readonly question: string };
}

export const exportKey = (id: string): string => `export:${id}`;

/** @throws AppError BAD_INPUT, LIMIT_EXCEEDED, NOT_READY */
export async function prepareExport(context: ApiContext, args: ExportRowsArgs): Promise<ExportLink> {
  const { database, freshness, exportMaxBytes } = context.deps;
  // "Now" would be another block when the link is opened: the block is fixed here.
  const block = (await resolveAsOf(context, args.at)) ?? (await freshness.now()).indexedBlock;
  const where = whereOf(args, block);
  const { from, columns } = exportSources[args.source];
  const { text, values } = bind(
    part(`select (select count(*)::integer from (select from ${from} where`), where, part(`limit ${maxExportRows + 1}) counted) as rows,`),
    part(`(select coalesce(avg(octet_length(concat_ws(',', ${columns.map(({ select }) => select).join(", ")})))::float8, 0) from (select * from ${from} where`), where, part(`limit ${sampled}) ${from.split(" ")[1]!}) as width`),
  );
  const [{ rows, width }] = (await database.query(text, values)) as [{ rows: number; width: number }];
  if (rows > maxExportRows) throw new AppError("LIMIT_EXCEEDED", `An export has at most ${maxExportRows} rows: filter.`, { details: { limit: maxExportRows } });
  checkBytes(Math.round(rows * width), exportMaxBytes);
  return linkTo(context, { source: args.source, format: args.format, block, of: { where } }, rows);
}

/** @param groups - of the answer that is exported @param query - that it answers, of its block */
export async function prepareGroups(context: ApiContext, source: ExportSource, format: ExportFormat, { groups, query }: { groups: number; query: AggregateQuery & { at: number } }): Promise<ExportLink> {
  return linkTo(context, { source, format, block: query.at, of: { question: writeQuestion(query) } }, groups);
}

async function linkTo({ deps: { redis, keys, publicUrl } }: ApiContext, prepared: PreparedExport, rows: number): Promise<ExportLink> {
  const id = randomUUID();
  const expiresAt = new Date((Math.floor(Date.now() / 1000) + linkSeconds) * 1000);
  await redis.set(exportKey(id), JSON.stringify(prepared), "EX", linkSeconds);
  return { url: `${publicUrl}/export/${makeLinkToken(keys.link, id, expiresAt)}`, expiresAt, block: prepared.block, rows };
}

function whereOf({ source, listings, orders, audits }: ExportRowsArgs, block: number): SqlPart {
  const given = ([[ExportSource.LISTINGS, listings], [ExportSource.ORDERS, orders], [ExportSource.AUDITS, audits]] as const).filter(([name, filter]) => filter && name !== source);
  if (given.length > 0) throw new AppError("BAD_INPUT", "Only the filter of the exported rows is given.", { details: { field: given[0]![0].toLowerCase() } });
  if (source === ExportSource.LISTINGS) return listingsAt(listings, block);
  return source === ExportSource.ORDERS ? ordersAt(orders, block) : votesAt(audits, block);
}
