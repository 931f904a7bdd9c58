import type { IncomingMessage, ServerResponse } from "node:http";

const preflight = {
  "access-control-allow-methods": "GET, POST, PUT, HEAD, OPTIONS",
  "access-control-allow-headers": "authorization, content-type, range, apollo-require-preflight, x-apollo-operation-name",
  "access-control-max-age": "86400",
};

/** Says which sites' pages may read the answer. Tokens travel in a header, never in a cookie: a site gains nothing that its user did not give it. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): void {
  response.setHeader("access-control-expose-headers", "x-request-id, retry-after");
  if (origins.includes("*")) {
    response.setHeader("access-control-allow-origin", "*");
    return;
  }
  response.setHeader("vary", "origin");
  const { origin } = request.headers;
  if (origin !== undefined && origins.includes(origin)) response.setHeader("access-control-allow-origin", origin);
}

/** Answers a browser that asks before it asks. */
export function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, preflight).end();
}
