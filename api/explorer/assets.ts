import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../platform/package-root.js";
import { AppError } from "../../schema/errors.js";
import { sendText } from "../http/send.js";

const types: Readonly<Record<string, string>> = { ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8" };

/** Everything that may be fetched below /assets/, and where it lies: npm's packages and our own compiled scripts. No CDN. */
function files(): Record<string, string> {
  const npm = join(packageRoot(), "node_modules");
  const own = join(dirname(fileURLToPath(import.meta.url)), "browser");
  return {
    "react.js": join(npm, "react", "umd", "react.production.min.js"),
    "react-dom.js": join(npm, "react-dom", "umd", "react-dom.production.min.js"),
    "graphiql.js": join(npm, "graphiql", "graphiql.min.js"),
    "graphiql.css": join(npm, "graphiql", "graphiql.min.css"),
    "graphql-ws/client.js": join(npm, "graphql-ws", "dist", "client.js"),
    "explorer/main.js": join(own, "main.js"),
    "explorer/examples.js": join(own, "examples.js"),
  };
}

/** @throws AppError NOT_FOUND */
export async function serveAsset(response: ServerResponse, name: string): Promise<void> {
  // graphql-ws splits its client: the chunk's name changes with each version.
  const chunk = /^graphql-ws\/(common-[A-Za-z0-9_-]+\.js)$/.exec(name)?.[1];
  const path = chunk ? join(packageRoot(), "node_modules", "graphql-ws", "dist", chunk) : files()[name];
  if (path === undefined) throw new AppError("NOT_FOUND", "No such asset.");
  let body: Buffer;
  try {
    body = await readFile(path);
  } catch (cause) {
    throw new AppError("NOT_FOUND", `The package of this asset is not installed: ${name}.`, { cause });
  }
  sendText(response, 200, types[extname(path)] ?? "application/octet-stream", body, { "cache-control": "public, max-age=3600" });
}
