import type { ServerResponse } from "node:http";
import type { Logger } from "../../platform/log.js";
import { errorCodes } from "../../schema/errors.js";
import { httpStatus } from "../../platform/service/http-status.js";
import { toTypedError } from "../errors/to-typed-error.js";
import { compress } from "./compress.js";

/** What is sent with everything: nothing may be sniffed, framed or told to other sites. */
export const safeHeaders = { "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "x-frame-options": "DENY" } as const;

export function sendText(response: ServerResponse, status: number, type: string, body: string | Buffer, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...safeHeaders, "content-type": type, "content-length": Buffer.byteLength(body), "cache-control": "no-store", ...headers }).end(body);
}

/** As sendText, encoded as the client takes it. */
export async function sendCompressed(response: ServerResponse, status: number, type: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<void> {
  const { bytes, headers: told } = await compress(response.req, body);
  const vary = [response.getHeader("vary"), told["vary"]].filter((each) => each !== undefined).join(", ");
  sendText(response, status, type, bytes, { ...headers, ...told, vary });
}

/** An error outside GraphQL: JSON {code, message, retryable, requestId, details}. Once a body has begun, the connection is cut instead. */
export function sendError(response: ServerResponse, error: unknown, { requestId, log }: { requestId: string; log: Logger }): void {
  const typed = toTypedError(error);
  const { code, details } = typed;
  if (code === "INTERNAL" || errorCodes[code].retryable) log.error({ error: typed.cause ?? error, requestId, code }, "a request failed");
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message = code === "INTERNAL" ? "Something unforeseen happened; the request id finds it in the log." : typed.message;
  sendText(response, httpStatus(code), "application/json", JSON.stringify({ code, message, retryable: typed.retryable, requestId, ...(Object.keys(details).length > 0 ? { details } : {}) }), {
    // A body that we did not read to its end would be taken for the next request.
    connection: "close",
  });
}
