import assert from "node:assert/strict";
import { Session } from "node:inspector";
import { test } from "node:test";

/** What few ask for, with a library's size in memory: each is loaded by who asks for it first (ADR 62). */
const late = ["@duckdb", "apache-arrow", "n3", "siwe"];

test("an API that was asked nothing has loaded none of the libraries that few ask for", async () => {
  await import("./start-api.js");
  const loaded = new Set<string>();
  const session = new Session();
  session.connect();
  session.on("Debugger.scriptParsed", ({ params: { url } }) => loaded.add(/.*\/node_modules\/(@?[^/]+)\//.exec(url)?.[1] ?? ""));
  // Tells of all that was loaded up to now.
  session.post("Debugger.enable");
  session.disconnect();
  assert.ok(loaded.has("graphql"), "what is loaded is seen");
  assert.deepEqual(late.filter((library) => loaded.has(library)), []);
});
