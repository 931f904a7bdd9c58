import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Logger } from "../platform/log.js";
import { httpStatus } from "../platform/service/http-status.js";
import { parseJson } from "../platform/service/parse-json.js";
import { readBody } from "../platform/service/read-body.js";
import type { Custodian } from "../schema/custody.js";
import { AppError, toAppError } from "../schema/errors.js";
import type { CustodianService } from "./custodian.js";
import { rateLimit } from "./rate-limit.js";

const maxBodyBytes = 32_768;
/** Requests with a body that one address may send in a minute. */
const perMinute = 300;

/**
 * The custodian over HTTP, JSON both ways: GET / tells who it is; POST /shares, /release and /destroy. Pages of any origin may ask: there are no cookies.
 * Errors are `{code, message, retryable, details}`, as the API's.
 */
export function serveCustodian(told: Custodian, service: CustodianService, log: Logger): RequestListener {
  const limit = rateLimit(perMinute, 60_000);
  const actions: Readonly<Record<string, (body: unknown) => unknown>> = {
    "/shares": (body) => service.deposit(body),
    "/release": (body) => service.release(body),
    "/destroy": (body) => service.destroy(body),
  };
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const { method, url = "/" } = request;
    if (method === "OPTIONS") return {};
    if (method === "GET" && (url === "/" || url === "/health")) return told;
    const action = actions[url];
    if (method !== "POST" || action === undefined) throw new AppError("NOT_FOUND", "A custodian has GET /, and POST /shares, /release and /destroy.");
    limit(request.socket.remoteAddress ?? "");
    return action(parseJson(await readBody(request, maxBodyBytes), () => new AppError("BAD_INPUT", "The body is no JSON.")));
  };
  return (request, response) => {
    answer(request).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        const { code, message, retryable, details, cause } = toAppError(error);
        if (code === "INTERNAL") log.error({ error: cause ?? error }, "a request failed");
        else if (retryable) log.warn({ code }, "a request failed");
        if (response.headersSent || response.destroyed) return void response.destroy();
        send(response, httpStatus(code), { code, message, retryable, details }, { connection: "close" });
      },
    );
  };
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff", "access-control-allow-origin": "*", "access-control-allow-headers": "content-type", ...headers })
    .end(JSON.stringify(body));
}
