import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("./main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "galen-api-config-"));
after(() => rmSync(folder, { recursive: true }));

/** Only so that a process that hangs is ended; on a busy machine a start alone can take half a minute. In ms. */
const hangs = 300_000;

/** @returns the last line of standard error, as JSON. */
function run(env: Record<string, string>): { status: number | null; error: { code: string; msg: string; details: { variables?: string[] } } } {
  const { status, signal, stderr } = spawnSync(process.execPath, [main], { env: { PATH: process.env["PATH"] ?? "", ...env }, encoding: "utf8", timeout: hangs });
  assert.equal(signal, null, "it ended by itself");
  return { status, error: JSON.parse(stderr.trim().split("\n").at(-1) ?? "{}") as never };
}

const key = join(folder, "key");
writeFileSync(key, randomBytes(32).toString("hex"));
const deployment = join(folder, "31337.json");
const address = `0x${"11".repeat(20)}`;
writeFileSync(deployment, JSON.stringify({ chainId: 31337, marketplace: address, token: address, accessManager: address, deployBlock: 0 }));
const complete = {
  PUBLIC_URL: "http://127.0.0.1:4000",
  DATABASE_URL: "postgres://127.0.0.1:1/galen",
  REDIS_URL: "redis://127.0.0.1:1",
  RPC_URL: "http://127.0.0.1:1",
  DEPLOYMENT_FILE: deployment,
  OBJECT_STORE_URL: `file://${folder}/objects`,
  STAGING_KEY_FILE: key,
  LINK_KEY_FILE: key,
  CURSOR_KEY_FILE: key,
  CONNECT_TIMEOUT_MS: "200",
};

test("missing and wrong variables are all named at once, without their values", () => {
  const { status, error } = run({ PORT: "99999", DATABASE_URL: "mysql://user:secret@host/db" });
  assert.equal(status, 1);
  assert.equal(error.code, "CONFIG_INVALID");
  assert.deepEqual([...new Set(error.details.variables)].sort(), [
    "CURSOR_KEY_FILE", "DATABASE_URL", "DEPLOYMENT_FILE", "LINK_KEY_FILE", "OBJECT_STORE_URL", "PORT", "PUBLIC_URL", "REDIS_URL", "RPC_URL", "STAGING_KEY_FILE",
  ]);
  assert.ok(!JSON.stringify(error).includes("secret"));
});

test("a key file that is missing or malformed ends the start, by name", () => {
  const { error } = run({ ...complete, LINK_KEY_FILE: join(folder, "none") });
  assert.equal(error.code, "CONFIG_INVALID");
  writeFileSync(join(folder, "short"), "abcd");
  const short = run({ ...complete, CURSOR_KEY_FILE: join(folder, "short") }).error;
  assert.equal(short.code, "CONFIG_INVALID");
  assert.ok(!short.msg.includes("abcd"));
});

test("a database that is not there is said after the time-out", () => {
  const { status, error } = run(complete);
  assert.deepEqual([status, error.code], [1, "DATABASE_UNAVAILABLE"]);
});

test("a port in use is said by its number", async () => {
  const { withPostgres } = await import("../test/support/with-postgres.js");
  const { withRedis } = await import("../test/support/with-redis.js");
  const { withAnvil } = await import("../test/support/with-anvil.js");
  const services = await Promise.all([withPostgres(), withRedis(), withAnvil()]);
  const blocker = createServer().listen(0, "127.0.0.1");
  try {
    const [postgres, redis, anvil] = services;
    const urls = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, RPC_URL: anvil.url, CONNECT_TIMEOUT_MS: "5000" };
    // No contract is there yet: that is said before anything listens.
    assert.equal(run({ ...complete, ...urls }).error.code, "CHAIN_MISMATCH");
    assert.equal(run({ ...complete, ...urls, REDIS_URL: "redis://127.0.0.1:1", CONNECT_TIMEOUT_MS: "300" }).error.code, "REDIS_UNAVAILABLE");
    assert.equal(run({ ...complete, ...urls, RPC_URL: "http://127.0.0.1:1", CONNECT_TIMEOUT_MS: "300" }).error.code, "CHAIN_UNAVAILABLE");
    await deployTo(anvil.url);
    const port = String((blocker.address() as { port: number }).port);
    const { connectDatabase } = await import("../platform/database/connect.js");
    const { migrate } = await import("../platform/database/migrate.js");
    const database = await connectDatabase({ url: postgres.url, service: "test" });
    await migrate(database);
    await database.destroy();
    const { error } = run({ ...complete, ...urls, DEPLOYMENT_FILE: join(folder, "real", "31337.json"), PORT: port });
    assert.equal(error.code, "PORT_IN_USE");
    assert.ok(error.msg.includes(port));
  } finally {
    blocker.close();
    await Promise.all(services.map((service) => service.stop()));
  }
});

async function deployTo(rpcUrl: string): Promise<void> {
  const { JsonRpcProvider, Wallet } = await import("ethers");
  const { deploy } = await import("../contracts/script/deploy.js");
  const provider = new JsonRpcProvider(rpcUrl, undefined, { cacheTimeout: -1 });
  const registrar = Wallet.createRandom().address;
  await deploy({
    signer: Wallet.createRandom(provider),
    directory: join(folder, "real"),
    parameters: {
      registrar, pauser: registrar, treasurer: registrar, treasury: registrar, token: { name: "Test Dollar", symbol: "tUSD" },
      feeBps: 0, quorum: 1, deliveryWindow: 60, settleWindow: 60, maxPause: 60, delays: { admin: 0, registrar: 0, pauser: 0, treasurer: 0 }, platform: [],
    },
  });
  provider.destroy();
}
