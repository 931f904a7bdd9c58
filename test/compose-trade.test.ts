import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { createCast } from "../cli/demo/actor.js";
import { createTrade } from "../cli/demo/trade.js";
import { prepareKeyring } from "../cli/prepare-keyring.js";
import { writeNetwork } from "../platform/besu/write-network.js";
import { freePort } from "../platform/embedded/free-port.js";
import { readCompose, type ComposeService } from "./support/read-compose.js";
import { withAnvil } from "./support/with-anvil.js";
import { withPostgres } from "./support/with-postgres.js";
import { withRedis } from "./support/with-redis.js";
import { withS3 } from "./support/with-s3.js";

/** The folder that holds the compiled code, where the image has `dist/`. */
const compiled = dirname(dirname(fileURLToPath(import.meta.url)));
const readyWithinMs = 60_000;

test("the services, started as compose starts them with NODE_ENV=production, complete a trade", { timeout: 240_000 }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "galen-compose-"));
  const ended = new AbortController();
  const running: { name: string; child: ChildProcess; output: () => string }[] = [];
  const stops: (() => Promise<unknown>)[] = [];
  context.after(async () => {
    ended.abort();
    for (const { child } of [...running].reverse()) await stopChild(child);
    for (const stop of stops.reverse()) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  // What the other containers are: real Postgres and Redis, an S3 server that checks signatures, a chain with compose's chain id.
  const network = await writeNetwork(join(folder, "network"), prepareKeyring);
  const secretOf = (name: string): string => readFileSync(join(network.folder, "secrets", name), "utf8").trim();
  const [postgres, redis, anvil, s3] = await Promise.all([
    withPostgres(),
    withRedis(),
    withAnvil({ chainId: 481_516 }),
    withS3({ accessKeyId: secretOf("s3_access_key"), secretAccessKey: secretOf("s3_secret_key") }),
  ]);
  for (const server of [postgres, redis, anvil, s3]) stops.push(() => server.stop());
  writeFileSync(join(network.folder, "secrets", "database_url"), postgres.url, { mode: 0o600 });
  writeFileSync(join(network.folder, "secrets", "redis_url"), redis.url, { mode: 0o600 });
  // People of the test hold the administrators' keys, as an operator who hands them over would arrange.
  const apiPort = await freePort();
  const publicUrl = `http://127.0.0.1:${apiPort}`;
  const cast = createCast({ folder: join(folder, "people"), api: () => publicUrl, database: () => postgres.url, signal: ended.signal });
  const trade = createTrade(cast, folder);
  const { registrar, treasurer } = await trade.accounts();
  const market = JSON.parse(readFileSync(join(network.folder, "market.json"), "utf8")) as Record<string, unknown>;
  writeFileSync(join(network.folder, "market.json"), JSON.stringify({ ...market, registrar, treasurer }));

  const compose = readCompose();
  const deployments = join(folder, "deployments");
  mkdirSync(deployments);
  const healthPorts = new Map<string, number>();
  for (const name of ["indexer", "workers", "api"]) healthPorts.set(name, await freePort());
  /** Only what containers give a process is changed: host names, mount points, ports. */
  const local = (name: string, value: string): string =>
    value
      .replace("/run/secrets/market", join(network.folder, "market.json"))
      .replace("/run/secrets/", `${join(network.folder, "secrets")}/`)
      .replace(/^\/deployments/, deployments)
      .replace("http://besu-rpc:8545", anvil.url)
      .replace(/^\$\{GALEN_PUBLIC_RPC_URL:-.*\}$/, anvil.url)
      .replace(/^\$\{GALEN_PUBLIC_URL:-.*\}$/, publicUrl)
      .replace("http://minio:9000", s3.endpoint)
      // Buyers are sent to the store itself here; the demo's pass through the api.
      .replace(/^\$\{GALEN_DIRECT_LINK_SECONDS:-.*\}$/, "60")
      .replace(/^0\.0\.0\.0$/, "127.0.0.1")
      .replace(/^4000$/, String(apiPort))
      .replace(/^910\d$/, String(healthPorts.get(name)))
      .replace(/^\$\{[A-Z_]+:-(.*)\}$/, "$1")
      .replace(/^dist\//, `${compiled}/`);
  const start = (name: string, service: ComposeService, command: readonly string[]): { name: string; child: ChildProcess; output: () => string } => {
    const environment = Object.fromEntries(Object.entries(service.environment ?? {}).map(([variable, value]) => [variable, local(name, value)]));
    const [program = "", ...args] = command.map((part) => local(name, part));
    const child = spawn(program, args, { env: { PATH: process.env["PATH"], ...environment }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output = `${output}${chunk.toString()}`.slice(-4_096)));
    return { name, child, output: () => output };
  };
  const service = (name: string): ComposeService => {
    const found = compose.services[name];
    assert.ok(found, `compose has no service ${name}`);
    return found;
  };
  const runToEnd = async (name: string, command: readonly string[]): Promise<number | null> => {
    const one = start(name, service(name), command);
    const code = await new Promise<number | null>((resolve) => one.child.once("close", resolve));
    if (code !== 0) context.diagnostic(`${name}: ${one.output()}`);
    return code;
  };

  for (const name of ["migrate", "deploy"]) assert.equal(await runToEnd(name, service(name).command ?? []), 0, name);
  for (const name of ["indexer", "workers", "api"]) running.push(start(name, service(name), service(name).command ?? []));
  for (const { name, child, output } of running) {
    const [kind, ...check] = service(name).healthcheck?.test ?? [];
    assert.equal(kind, "CMD");
    for (const end = Date.now() + readyWithinMs; ; ) {
      assert.equal(child.exitCode, null, `${name} ended: ${output()}`);
      const probe = start(name, service(name), check);
      if ((await new Promise<number | null>((resolve) => probe.child.once("close", resolve))) === 0) break;
      assert.ok(Date.now() < end, `${name} is not healthy: ${probe.output()} ${output()}`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  for (const step of trade.steps) {
    await step.run().catch((error: unknown) => {
      throw new Error(`${step.name}: ${error instanceof Error ? error.message : String(error)}\n${running.map(({ name, output }) => `--- ${name}\n${output()}`).join("\n")}`);
    });
  }
  assert.equal(trade.files.length, 5);
  assert.ok(trade.refusals.every(({ refused }) => refused));
  assert.ok([...s3.objects.keys()].some((key) => key.startsWith("records/")), "the records are in the bucket");
  assert.ok(s3.presignedReads.length > 0 && s3.presignedReads.every((key) => key.startsWith("records/")), "buyers read them there");
});

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGTERM");
  await ended;
}
