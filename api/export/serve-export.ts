import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DataSource } from "typeorm";
import { streamRows } from "../../platform/database/stream-rows.js";
import { AppError } from "../../schema/errors.js";
import type { ApiDeps } from "../deps.js";
import { readLinkToken } from "../downloads/link-token.js";
import { bind, part } from "../filters/sql.js";
import { requestUrl } from "../http/request-url.js";
import { safeHeaders } from "../http/send.js";
import { toArrow } from "./arrow.js";
import { exportSources } from "./columns.js";
import { toCsv, type Cell } from "./csv.js";
import { toParquet } from "./parquet.js";
import { exportKey, type PreparedExport } from "./prepare-export.js";

/** Rows that are read at once. */
const batch = 2_000;
/** Exports at once: each holds a connection of the database for as long as its reader takes. */
const most = 4;
/** Longest time of one export, in ms. */
const longestMs = 15 * 60_000;
const types = {
  ARROW: { mime: "application/vnd.apache.arrow.stream", extension: "arrows", write: toArrow },
  CSV: { mime: "text/csv; charset=utf-8; header=present", extension: "csv", write: toCsv },
  PARQUET: { mime: "application/vnd.apache.parquet", extension: "parquet", write: toParquet },
} as const;

let running = 0;

/**
 * GET /export/<token>: the rows that `exportRows` prepared.
 * @throws AppError LINK_INVALID, LINK_EXPIRED, RATE_LIMITED, before anything is sent
 */
export async function serveExport({ database, redis, keys }: ApiDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { grantId: id, refusal } = readLinkToken(keys.link, requestUrl(request).pathname.slice("/export/".length));
  if (refusal) throw refusal;
  const stored = await redis.get(exportKey(id));
  if (stored === null) throw new AppError("LINK_EXPIRED", "The link's time is over: ask for a new one.");
  if (running >= most) throw new AppError("RATE_LIMITED", `${most} exports are running: try again shortly.`);
  const prepared = JSON.parse(stored) as PreparedExport;
  const { columns } = exportSources[prepared.source];
  const { mime, extension, write } = types[prepared.format];
  const headers = { ...safeHeaders, "content-type": mime, "content-disposition": `attachment; filename="${prepared.source.toLowerCase()}-${prepared.block}.${extension}"`, "cache-control": "private, no-store" };
  if (request.method === "HEAD") {
    response.writeHead(200, headers).end();
    return;
  }
  running += 1;
  const stop = AbortSignal.timeout(longestMs);
  try {
    const body: AsyncIterable<string | Uint8Array> = write(columns, readBatches(database, prepared));
    response.writeHead(200, headers);
    await pipeline(Readable.from(body, { objectMode: false }), response, { signal: stop });
  } finally {
    running -= 1;
  }
}

/** All rows in the order of their ids. */
async function* readBatches(database: DataSource, { source, where }: PreparedExport): AsyncGenerator<Cell[][]> {
  const { from, key, columns } = exportSources[source];
  const { text, values } = bind(part(`select ${columns.map(({ name, select }) => `${select} as ${name}`).join(", ")} from ${from} where`), where, part(`order by ${key} collate "C"`));
  for await (const rows of streamRows<Record<string, Cell>>(database, { text, values, batch })) yield rows.map((row) => columns.map(({ name }) => row[name] ?? null));
}
