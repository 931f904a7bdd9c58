import type { IncomingMessage } from "node:http";
import { AppError } from "../../schema/errors.js";

/** Where nearly all requests go. Nobody changes a URL that was read. */
const usual = new URL("/graphql", "http://api");

/** @throws AppError BAD_INPUT for an address that is none: Node's parser takes more than a URL may be. */
export function requestUrl(request: IncomingMessage): URL {
  const target = request.url ?? "/";
  if (target === usual.pathname) return usual;
  // "//host" would name another host.
  if (!target.startsWith("/") || target.startsWith("//") || !URL.canParse(target, "http://api")) throw new AppError("BAD_INPUT", "The request's address is malformed.");
  return new URL(target, "http://api");
}
