import type { IncomingMessage, ServerResponse } from "node:http";
import { Citation } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import type { ApiDeps } from "../deps.js";
import { requestUrl } from "../http/request-url.js";
import { sendCompressed } from "../http/send.js";
import { citationBibtex, citationText, citationUrl } from "./citation-text.js";

/** What a citation is, never changes. */
const headers = { "cache-control": "public, max-age=86400, immutable", vary: "accept" };

/** GET /citations/<id>: JSON; or as the Accept header asks, text/plain or application/x-bibtex. @throws AppError NOT_FOUND */
export async function serveCitation({ database, publicUrl }: ApiDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const id = requestUrl(request).pathname.slice("/citations/".length);
  const citation = /^[0-9a-f]{32}$/.test(id) ? await database.getRepository(Citation).findOneBy({ id }) : null;
  if (!citation) throw new AppError("NOT_FOUND", "There is no such citation.");
  const accept = request.headers.accept ?? "";
  if (/\bx-bibtex\b/.test(accept)) return sendCompressed(response, 200, "application/x-bibtex; charset=utf-8", citationBibtex(citation, publicUrl), headers);
  if (/\btext\/plain\b/.test(accept)) return sendCompressed(response, 200, "text/plain; charset=utf-8", `${citationText(citation, publicUrl)}\n`, headers);
  const { chainId, blockNumber, blockHash, blockTime, resultParts: _parts, createdAt: _created, ...rest } = citation;
  const body = { ...rest, url: citationUrl(publicUrl, citation), chainId: Number(chainId), block: { number: blockNumber, hash: blockHash, time: blockTime }, text: citationText(citation, publicUrl), bibtex: citationBibtex(citation, publicUrl) };
  return sendCompressed(response, 200, "application/json", JSON.stringify(body), headers);
}
