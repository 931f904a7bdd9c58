import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "../../schema/errors.js";
import type { ApiDeps } from "../deps.js";
import { serveCitation } from "../citations/serve-citation.js";
import { serveDownload } from "../downloads/download-handler.js";
import { serveAsset } from "../explorer/assets.js";
import { serveExport } from "../export/serve-export.js";
import { sendExplorer } from "../explorer/page.js";
import { serveEvidence } from "../uploads/serve-evidence.js";
import { serveStatement } from "../uploads/serve-statement.js";
import { allowOrigin, answerPreflight } from "./cors.js";
import type { GraphqlHandler } from "./graphql-handler.js";
import { requestUrl } from "./request-url.js";
import { sendCompressed, sendError, sendText } from "./send.js";

/** Sends each request where it belongs. @param sdl - the schema as it is published. */
export function createRouter(deps: ApiDeps, graphql: GraphqlHandler, tus: (request: IncomingMessage, response: ServerResponse) => Promise<void>, sdl: string): (request: IncomingMessage, response: ServerResponse) => void {
  const route = async (request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> => {
    const { pathname, searchParams } = requestUrl(request);
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (pathname.startsWith("/uploads/")) return tus(request, response);
    allowOrigin(request, response, deps.http.corsOrigins);
    if (request.method === "OPTIONS") return answerPreflight(response);
    if (pathname.startsWith("/evidence/")) return serveEvidence(deps, request, response);
    if (pathname.startsWith("/statements/")) return serveStatement(deps, request, response);
    if (pathname === "/graphql") {
      const wantsPage = request.method === "GET" && /\btext\/html\b/.test(request.headers.accept ?? "") && !searchParams.has("query");
      return wantsPage ? sendExplorer(response) : graphql.handle(request, response, requestId);
    }
    if (!isRead) throw new AppError("NOT_FOUND", "There is nothing at this address.");
    if (pathname.startsWith("/download/")) return serveDownload(deps, request, response);
    if (pathname.startsWith("/export/")) return serveExport(deps, request, response);
    if (/^\/catalog(\.ttl|\.jsonld)?$/.test(pathname) || pathname.startsWith("/catalog/datasets/")) {
      // Loaded by the first harvester: RDF takes memory.
      const { serveCatalogue } = await import("../catalogue/serve-catalogue.js");
      return serveCatalogue(deps, request, response);
    }
    if (pathname.startsWith("/citations/")) return serveCitation(deps, request, response);
    if (pathname.startsWith("/assets/")) return serveAsset(response, pathname.slice("/assets/".length));
    if (pathname === "/health") return sendText(response, 200, "application/json", '{"status":"ok"}');
    if (pathname === "/") {
      response.writeHead(302, { location: "/graphql" }).end();
      return;
    }
    if (pathname === "/schema.graphql") return sendCompressed(response, 200, "text/plain; charset=utf-8", sdl, { "cache-control": "public, max-age=300" });
    const abi = deps.market.abis.find(({ file }) => pathname === `/abi/${file}`);
    if (!abi) throw new AppError("NOT_FOUND", "There is nothing at this address.");
    return sendCompressed(response, 200, "application/json", abi.body, { etag: `"${abi.hash}"`, "cache-control": "public, max-age=300" });
  };
  return (request, response) => {
    // The answer names it, and so do the log's entries.
    const requestId = randomUUID();
    route(request, response, requestId).catch((error: unknown) => {
      // The other side went away: there is nobody to tell.
      if (response.destroyed || (error as { code?: string }).code === "ERR_STREAM_PREMATURE_CLOSE") return response.destroy();
      return sendError(response, error, { requestId, log: deps.log });
    });
  };
}
