import type { IncomingMessage } from "node:http";
import { AppError } from "../../schema/errors.js";

/** @throws AppError BAD_INPUT for an address that is none: Node's parser takes more than a URL may be. */
export function requestUrl(request: IncomingMessage): URL {
  const target = request.url ?? "/";
  // "//host" would name another host.
  if (!target.startsWith("/") || target.startsWith("//") || !URL.canParse(target, "http://api")) throw new AppError("BAD_INPUT", "The request's address is malformed.");
  return new URL(target, "http://api");
}
