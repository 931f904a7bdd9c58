import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { streamRows } from "../../platform/database/stream-rows.js";
import { AppError } from "../../schema/errors.js";
import { answerAggregate } from "../aggregates/answer.js";
import type { AggregateQuery } from "../aggregates/query.js";
import type { ApiDeps } from "../deps.js";
import { readLinkToken } from "../downloads/link-token.js";
import { bind, part, type SqlPart } from "../filters/sql.js";
import { requestUrl } from "../http/request-url.js";
import { safeHeaders } from "../http/send.js";
import { boundBytes } from "./bound-bytes.js";
import { exportSources, type ExportColumn } from "./columns.js";
import { groupColumns, type GroupColumn } from "./group-columns.js";
import { toCsv, type Cell } from "./csv.js";
import { exportKey, type PreparedExport } from "./prepare-export.js";
import { readQuestion } from "./question.js";

/** Rows that are read at once. */
const batch = 2_000;
/** Exports at once: each holds a connection of the database for as long as its reader takes. */
const most = 4;
/** Longest time of one export. */
export const exportMinutes = 15;
/** What writes Arrow and Parquet is large: only those who export it load it. */
const types = {
  ARROW: { mime: "application/vnd.apache.arrow.stream", extension: "arrows", load: async () => (await import("./arrow.js")).toArrow },
  CSV: { mime: "text/csv; charset=utf-8; header=present", extension: "csv", load: () => Promise.resolve(toCsv) },
  PARQUET: { mime: "application/vnd.apache.parquet", extension: "parquet", load: async () => (await import("./parquet.js")).toParquet },
} as const;

let running = 0;

/**
 * GET /export/<token>: the rows that `exportRows` prepared, or the groups of an answer.
 * @throws AppError LINK_INVALID, LINK_EXPIRED, RATE_LIMITED, LIMIT_EXCEEDED; what is thrown after the first piece was sent breaks the connection before its end
 */
export async function serveExport(deps: ApiDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { redis, keys, exportMaxBytes } = deps;
  const { grantId: id, refusal } = readLinkToken(keys.link, requestUrl(request).pathname.slice("/export/".length));
  if (refusal) throw refusal;
  const stored = await redis.get(exportKey(id));
  if (stored === null) throw new AppError("LINK_EXPIRED", "The link's time is over: ask for a new one.");
  const prepared = JSON.parse(stored) as PreparedExport;
  const { mime, extension, load } = types[prepared.format];
  const name = `${prepared.source.toLowerCase()}${"question" in prepared.of ? "-groups" : ""}-${prepared.block}.${extension}`;
  const headers = { ...safeHeaders, "content-type": mime, "content-disposition": `attachment; filename="${name}"`, "cache-control": "private, no-store" };
  if (request.method === "HEAD") {
    response.writeHead(200, headers).end();
    return;
  }
  const write = await load();
  if (running >= most) throw new AppError("RATE_LIMITED", `${most} exports are running: try again shortly.`);
  running += 1;
  const late = AbortSignal.timeout(exportMinutes * 60_000);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const signal = AbortSignal.any([late, gone.signal]);
  const { columns, batches } = open(deps, prepared);
  const body = Readable.from(boundBytes(write(columns, batches, exportMaxBytes), exportMaxBytes), { objectMode: false });
  try {
    // What fails before there is anything to send is told with its code.
    await once(body, "readable", { signal });
    response.writeHead(200, headers);
    await pipeline(body, response, { signal });
  } catch (error) {
    throw late.aborted ? new AppError("LIMIT_EXCEEDED", `An export takes at most ${exportMinutes} minutes: ask for less.`, { cause: error }) : error;
  } finally {
    body.destroy();
    running -= 1;
  }
}

function open(deps: ApiDeps, { source, of }: PreparedExport): { columns: readonly ExportColumn[]; batches: AsyncGenerator<Cell[][]> } {
  if ("where" in of) return { columns: exportSources[source].columns, batches: readRows(deps, source, of.where) };
  const query = readQuestion(source, of.question);
  const columns = groupColumns(query, deps.market.currency);
  return { columns, batches: readGroupBatches(deps, query, columns) };
}

/** The groups in the order of the answer. */
async function* readGroupBatches(deps: ApiDeps, query: AggregateQuery, columns: readonly GroupColumn[]): AsyncGenerator<Cell[][]> {
  const { groups } = await answerAggregate(deps, query);
  for (let at = 0; at < groups.length; at += batch) yield groups.slice(at, at + batch).map((group) => columns.map(({ read }) => read(group)));
}

/** All rows in the order of their ids. */
async function* readRows({ database }: ApiDeps, source: PreparedExport["source"], where: SqlPart): AsyncGenerator<Cell[][]> {
  const { from, key, columns } = exportSources[source];
  const { text, values } = bind(part(`select ${columns.map(({ name, select }) => `${select} as ${name}`).join(", ")} from ${from} where`), where, part(`order by ${key} collate "C"`));
  for await (const rows of streamRows<Record<string, Cell>>(database, { text, values, batch })) yield rows.map((row) => columns.map(({ name }) => row[name] ?? null));
}
