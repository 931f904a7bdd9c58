import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { base64 } from "@scure/base";
import { build } from "esbuild";
import { encode } from "fast-png";
import { nodeBackend } from "../../crypto/backend/node.js";
import { nodeCrypto } from "../../crypto/node.js";
import { findProgram } from "../../platform/embedded/find-program.js";
import { noteSample } from "../support/note-sample.js";
import { samples, table } from "../support/workers/samples.js";
import { prepareSeeded } from "./prepare-seeded.js";

/** Installed now where it is missing and we may; where not, the error says so. */
const chromium = await findProgram({ names: ["chromium", "chromium-browser", "google-chrome"], debianPackage: "chromium", unavailable: (why) => new Error(`${why} Install Chromium (Debian: chromium).`) }).catch((error: unknown) => error as Error);

/** The bundle's example of a patient and the father as bulk export has it: a resource a line. */
function ndjson(): Uint8Array {
  const bundle = JSON.parse(new TextDecoder().decode(samples[0]?.bytes)) as { entry: { resource: object }[] };
  return new TextEncoder().encode(bundle.entry.map(({ resource }) => `${JSON.stringify(resource)}\n`).join(""));
}

/** For a browser: a built-in of Node anywhere in it ends the build. */
async function bundle(): Promise<Uint8Array> {
  const entry = fileURLToPath(new URL("./page.js", import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", platform: "browser", target: "es2022", minify: true, write: false, logLevel: "silent" });
  return outputFiles[0]?.contents ?? new Uint8Array(0);
}

test("client, records and cryptography are bundled for browsers without a built-in of Node", async () => {
  const text = new TextDecoder().decode(await bundle());
  assert.ok(text.length > 500_000 && text.length < 3_000_000, `${text.length} characters`);
  assert.doesNotMatch(text, /(?:from|import\(|require\()\s*["']node:/);
});

test("a browser de-identifies and encrypts to the same bytes as Node", { skip: chromium instanceof Error ? chromium.message : false }, async () => {
  const { recipient } = nodeCrypto.generateIdentity();
  const image = encode({ width: 64, height: 64, data: new Uint8Array(64 * 64), channels: 1, depth: 8 });
  const records = [...samples, { name: "bulk export", bytes: ndjson() }, { name: "table", bytes: table(40) }, { name: "note", bytes: noteSample.text }];
  const page = await bundle();
  const work = JSON.stringify({ recipient, records: [...records.map(({ bytes }) => bytes), image].map((bytes) => base64.encode(new Uint8Array(bytes))) });
  let told: (answers: string) => void = () => undefined;
  const done = new Promise<string>((resolve) => (told = resolve));
  const server = createServer((request, response) => {
    const answer = (type: string, body: string | Uint8Array): void => void response.writeHead(200, { "content-type": type }).end(body);
    if (request.url === "/work") return answer("application/json", work);
    if (request.url === "/page.js") return answer("text/javascript", page);
    if (request.url !== "/done") return answer("text/html", '<!doctype html><script type="module" src="/page.js"></script>');
    let body = "";
    request.on("data", (text: Buffer) => (body += text.toString())).on("end", () => {
      answer("text/plain", "");
      told(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const folder = mkdtempSync(join(tmpdir(), "galen-browser-"));
  const browser = spawn(String(chromium), ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", `--user-data-dir=${folder}`, "--remote-debugging-port=0", `http://127.0.0.1:${(server.address() as AddressInfo).port}/`], { stdio: "ignore" });
  const ended = once(browser, "exit");
  try {
    const answers = JSON.parse(await Promise.race([done, ended.then(() => Promise.reject(new Error("The browser ended by itself.")))])) as { code?: string; message?: string; stored: string; prepared: unknown }[];
    for (const [at, { name, bytes }] of records.entries()) {
      const { prepared, stored } = await prepareSeeded(nodeBackend, bytes, recipient);
      assert.equal(answers[at]?.code, undefined, `${name}: ${answers[at]?.message}`);
      assert.deepEqual(answers[at]?.prepared, JSON.parse(JSON.stringify(prepared)), name);
      assert.equal(answers[at]?.stored, base64.encode(stored), name);
    }
    // Character recognition has no place there yet: default-deny.
    assert.equal(answers.at(-1)?.code, "DEIDENTIFICATION_REFUSED", answers.at(-1)?.message);
  } finally {
    browser.kill();
    await ended.catch(() => undefined);
    server.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 }); // its helpers end a little later, and write until then
  }
});
