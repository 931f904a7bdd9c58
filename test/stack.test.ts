import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../platform/embedded/free-port.js";
import { processStart } from "../platform/embedded/process-start.js";
import { packageRoot } from "../platform/package-root.js";

const galen = fileURLToPath(new URL("../cli/galen.js", import.meta.url));
const registrar = `0x${"1a".repeat(20)}`;
const treasurer = `0x${"2a".repeat(20)}`;

interface Ready {
  readonly home: string;
  readonly urls: { readonly api: string; readonly graphql: string; readonly rpc: string; readonly health: Readonly<Record<"indexer" | "workers" | "api", string>> };
}

interface Holder {
  readonly child: ChildProcess;
  readonly ready: Promise<Ready>;
  /** Settled with the exit code, or the signal's name. */
  readonly ended: Promise<number | string | null>;
  readonly complaint: () => string;
}

const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill("SIGKILL");
});

function stack(home: string | null, env: Record<string, string> = {}): Holder {
  const args = [galen, "stack", "--registrar", registrar, "--treasurer", treasurer, ...(home === null ? [] : ["--home", home])];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
  running.add(child);
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | string | null>((resolve) =>
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve(signal ?? code);
    }),
  );
  const ready = new Promise<Ready>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line) as Ready));
    void ended.then((how) => reject(new Error(`The stack ended (${how}) before it was ready:\n${text}`)));
  });
  ready.catch(() => undefined);
  return { child, ready, ended, complaint: () => text };
}

/** The pids of everything that the stack of this home has started. */
function childrenOf(home: string): number[] {
  return (JSON.parse(readFileSync(join(home, "children.json"), "utf8")) as { pid: number }[]).map(({ pid }) => pid);
}

async function until(what: string, check: () => boolean | Promise<boolean>, seconds = 30): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; !(await check()); ) {
    assert.ok(Date.now() < end, `${what}: not after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function head(rpc: string): Promise<number> {
  const response = await fetch(rpc, { method: "POST", headers: { "content-type": "application/json" }, body: '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}' });
  return Number(((await response.json()) as { result: string }).result);
}

/** The chain's head as the API sees it, in the extension of each answer. */
async function indexedBlock(graphql: string): Promise<number> {
  const response = await fetch(graphql, { method: "POST", headers: { "content-type": "application/json" }, body: '{"query":"{ chain { indexedBlock } }"}' });
  return Number(((await response.json()) as { data: { chain: { indexedBlock: number } } }).data.chain.indexedBlock);
}

test("a stack comes up, stops when its driver goes, and leaves nothing behind", async () => {
  const holder = stack(null);
  const { home, urls } = await holder.ready;
  const children = childrenOf(home);
  assert.equal(children.length, 6, "Postgres, Redis, anvil, indexer, workers and api");
  for (const url of Object.values(urls.health)) assert.equal((await fetch(`${url}/ready`)).status, 200);
  await until("the API knows the chain", async () => (await indexedBlock(urls.graphql)) > 0);
  for (const file of readdirSync(join(home, "keys"))) assert.ok(!readFileSync(join(home, "logs", "api.log"), "utf8").includes(readFileSync(join(home, "keys", file), "utf8").trim()), `${file} is not in a log`);
  holder.child.stdin?.end();
  assert.equal(await holder.ended, 0);
  for (const pid of children) assert.equal(processStart(pid), null);
  assert.ok(!existsSync(home));
});

test("a service that dies ends a driven stack, which names it", async () => {
  const holder = stack(null);
  const { home } = await holder.ready;
  const children = childrenOf(home);
  const api = children.at(-1) as number;
  process.kill(api, "SIGKILL");
  assert.equal(await holder.ended, 1);
  assert.match(holder.complaint(), /NOT_READY: (indexer|workers|api) ended \(SIGKILL\)/);
  for (const pid of children) assert.equal(processStart(pid), null);
});

test("what was killed outright comes up again with nothing lost, and two stacks never share a home", async () => {
  const folder = mkdtempSync(join(tmpdir(), "galen-stack-"));
  const home = join(folder, "home");
  try {
    const first = stack(home);
    const { urls } = await first.ready;
    const children = childrenOf(home);
    const deployment = readFileSync(join(home, "deployments", "31337.json"), "utf8");

    const rival = stack(home);
    assert.equal(await rival.ended, 1);
    assert.match(rival.complaint(), /CONFLICT: Process \d+ already runs a stack in /);

    await until("the chain goes on", async () => (await head(urls.rpc)) > 5);
    const before = await head(urls.rpc);
    first.child.kill("SIGKILL");
    assert.equal(await first.ended, "SIGKILL");
    await until("its children are gone", () => children.every((pid) => processStart(pid) === null));

    const second = stack(home);
    const again = await second.ready;
    assert.ok((await head(again.urls.rpc)) >= before - 1, "at most the last second is forgotten");
    assert.equal(readFileSync(join(home, "deployments", "31337.json"), "utf8"), deployment);
    const seen = await head(again.urls.rpc);
    await until("the index follows the chain", async () => (await indexedBlock(again.urls.graphql)) >= seen);
    second.child.kill("SIGTERM");
    assert.equal(await second.ended, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("`galen start` in a taken port says which, and what to do", async () => {
  const folder = mkdtempSync(join(tmpdir(), "galen-stack-"));
  const { createServer } = await import("node:net");
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  try {
    assert.notEqual(await freePort(), port);
    const child = spawn(process.execPath, [galen, "start", "--home", folder, "--port", `${port}`], { cwd: packageRoot(), stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    let text = "";
    child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const code = await new Promise((resolve) => child.once("close", resolve));
    running.delete(child);
    assert.equal(code, 1);
    assert.match(text, new RegExp(`^PORT_IN_USE: Port ${port} on 127.0.0.1 is taken by another process\\.\n {2}→ Stop that process, or choose another port`));
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
