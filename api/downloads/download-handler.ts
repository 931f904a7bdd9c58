import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isSharesDocument } from "../../crypto/custody/shares-document.js";
import type { ObjectStore } from "../../platform/objects/object-store.js";
import { AccessGrant, LegalEvidence, Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { logAccess, logRefusal, type Access } from "../access/log-access.js";
import { checkGrantUsable } from "../auth/grant-rules.js";
import { nobody } from "../auth/viewer.js";
import { createContext } from "../context.js";
import type { ApiDeps } from "../deps.js";
import { requestUrl } from "../http/request-url.js";
import { safeHeaders } from "../http/send.js";
import { parseByteRange, type ByteRange } from "./byte-range.js";
import { readLinkToken } from "./link-token.js";

/**
 * GET /download/<token>: the age header of the link's grant ‖ the stored payload (`?part=payload`: the payload alone, where so configured
 * by sending the reader to the object store for a short time), with Range. Every access is noted before its first byte.
 * @throws AppError LINK_INVALID, LINK_EXPIRED, CONFLICT (all, where custodians have the key), and those of checkGrantUsable, before anything is sent
 */
export async function serveDownload(deps: ApiDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = requestUrl(request);
  const { grant, header, record } = await open(deps, url.pathname.slice("/download/".length));
  const part = url.searchParams.get("part") ?? "all";
  if (part !== "all" && part !== "payload") throw new AppError("BAD_INPUT", "part: all or payload", { details: { field: "part" } });
  if (part === "all" && isSharesDocument(header)) throw new AppError("CONFLICT", "The record's key is with custodians: ask for part=payload, and them for their shares.");
  const prefix = part === "all" ? header : new Uint8Array();
  const size = prefix.length + record.size;
  const asked = parseByteRange(request.headers.range, size);
  const headers = {
    ...safeHeaders,
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename="${grant.listingId.slice(2, 18)}.${part === "all" ? "age" : "payload"}"`,
    "accept-ranges": "bytes",
    "cache-control": "private, no-store",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "content-range, content-length, accept-ranges",
  };
  if (asked === "unsatisfiable") {
    response.writeHead(416, { ...headers, "content-range": `bytes */${size}`, "content-length": 0 }).end();
    return;
  }
  const range = asked ?? { first: 0, last: size - 1 };
  const status = asked ? 206 : 200;
  const told = { ...headers, "content-length": range.last - range.first + 1, ...(asked ? { "content-range": `bytes ${range.first}-${range.last}/${size}` } : {}) };
  if (request.method === "HEAD") {
    response.writeHead(status, told).end();
    return;
  }
  const direct = part === "payload" && deps.directLinkSeconds > 0 ? await deps.objects.presign(record.key, deps.directLinkSeconds) : null;
  // Sent to the store, a reader may ask it for all of the object.
  await logAccess(deps.database, { account: grant.account, action: "BYTES", grant, range: direct === null ? range : { first: 0, last: size - 1 } });
  if (direct !== null) {
    response.writeHead(307, { ...safeHeaders, location: direct, "cache-control": "private, no-store", "access-control-allow-origin": "*", "content-length": 0 }).end();
    return;
  }
  const body = readSlice(deps.objects, record.key, prefix, range);
  const first = await body.next(); // an object that is not there is an error, not a broken answer
  response.writeHead(status, told);
  await pipeline(Readable.from(resume(first, body), { objectMode: false }), response);
}

interface Opened {
  grant: AccessGrant;
  header: Uint8Array;
  record: { key: string; size: number };
}

async function open(deps: ApiDeps, token: string): Promise<Opened> {
  const { grantId, refusal } = readLinkToken(deps.keys.link, token);
  const grant = await deps.database.getRepository(AccessGrant).findOneBy({ id: grantId });
  if (!grant) throw refusal ?? new AppError("LINK_INVALID", "The link leads nowhere.");
  try {
    if (refusal) throw refusal;
    await checkGrantUsable(createContext(deps, nobody), grant);
  } catch (error) {
    // A changed link says nothing about who changed it: nobody is blamed.
    const account = refusal?.code === "LINK_INVALID" ? null : grant.account;
    const access: Access = { account, action: "BYTES", grant };
    throw await logRefusal(deps.database, access, error);
  }
  const { database } = deps;
  const record = grant.kind === "EVIDENCE" ? await database.getRepository(LegalEvidence).findOneBy({ evidenceId: grant.recordId }) : await database.getRepository(Upload).findOneBy({ id: grant.recordId });
  if (!record?.objectKey || record.objectSize === null || grant.header === null) throw new AppError("OBJECT_NOT_FOUND", "The record is no longer stored.");
  return { grant, header: grant.header, record: { key: record.objectKey, size: Number(record.objectSize) } };
}

/** Bytes of prefix ‖ object within the range. */
async function* readSlice(objects: ObjectStore, key: string, prefix: Uint8Array, { first, last }: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
  const ofPrefix = prefix.subarray(first, last + 1);
  if (ofPrefix.length > 0) yield ofPrefix;
  if (last < prefix.length) return;
  yield* (await objects.get(key, { first: Math.max(0, first - prefix.length), last: last - prefix.length })).body;
}

async function* resume(first: IteratorResult<Uint8Array, void>, rest: AsyncGenerator<Uint8Array, void, undefined>): AsyncGenerator<Uint8Array> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
