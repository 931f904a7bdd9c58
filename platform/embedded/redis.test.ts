import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Redis } from "ioredis";
import { openHome } from "./home.js";
import { freePort } from "./free-port.js";
import { findRedisServer } from "./find-redis-server.js";
import { startRedis } from "./redis.js";

test("what is queued outlives a stop and a start; nothing is evicted; the password stands in no process list", async () => {
  const home = await openHome(null);
  try {
    const first = await startRedis({ home: home.path });
    const client = new Redis(first.url);
    assert.deepEqual(await client.config("GET", "maxmemory-policy"), ["maxmemory-policy", "noeviction"]);
    assert.deepEqual(await client.config("GET", "appendonly"), ["appendonly", "yes"]);
    await client.set("kept", "42");
    client.disconnect();
    const password = readFileSync(join(home.path, "keys", "redis-password"), "utf8");
    assert.ok(!readFileSync(`/proc/${first.child?.pid}/cmdline`, "utf8").includes(password));
    await first.stop();

    const second = await startRedis({ home: home.path });
    const again = new Redis(second.url);
    assert.equal(await again.get("kept"), "42");
    again.disconnect();
    await second.stop();
  } finally {
    home.release();
  }
});

test("a Redis of somebody else is used, and one that does not answer is named", async () => {
  const home = await openHome(null);
  try {
    const theirs = await startRedis({ home: home.path, durable: false });
    const used = await startRedis({ home: home.path, url: theirs.url });
    assert.equal(used.url, theirs.url);
    await used.stop();
    assert.ok(!theirs.child?.hasExited(), "it is theirs to stop");
    await theirs.stop();
    const nobody = await freePort();
    await assert.rejects(startRedis({ home: home.path, url: `redis://127.0.0.1:${nobody}` }), { code: "REDIS_UNAVAILABLE", message: /REDIS_URL/ });
  } finally {
    home.release();
  }
});

test("without redis-server, and without the right to install it, one line says what to install", async () => {
  const nowhere = { root: false, policy: "/nonexistent" };
  await assert.rejects(findRedisServer(undefined, [], nowhere), {
    code: "REDIS_UNAVAILABLE",
    message: /^redis-server is not installed\. Install redis-server \(Debian\/Ubuntu: `apt-get install redis-server`.*REDIS_URL[^\n]*$/,
  });
  await assert.rejects(findRedisServer(undefined, [], { ...nowhere, root: true }), { code: "REDIS_UNAVAILABLE" }, "root, but no apt-get");
});

test("apt-get installs it, is told not to start it as a service, and says why when it cannot", async () => {
  const folder = mkdtempSync(join(tmpdir(), "galen-apt-"));
  try {
    const policy = join(folder, "policy-rc.d");
    const calls = join(folder, "calls");
    const apt = (body: string): void => writeFileSync(join(folder, "apt-get"), `#!/bin/sh\necho "$@ policy=$(cat ${policy} | tail -1)" >> ${calls}\n${body}\n`, { mode: 0o755 });
    apt('[ "$1" = update ] || { echo "E: no such package" >&2; exit 100; }');
    const asRoot = { root: true, policy };
    await assert.rejects(findRedisServer(undefined, [folder], asRoot), { code: "REDIS_UNAVAILABLE", message: /E: no such package/ });
    apt(`[ "$1" = update ] || { printf '#!/bin/sh\\n' > ${folder}/redis-server; chmod +x ${folder}/redis-server; }`);
    assert.equal(await findRedisServer(undefined, [folder], asRoot), join(folder, "redis-server"));
    const lines = readFileSync(calls, "utf8").trim().split("\n");
    assert.deepEqual(lines.slice(-2), ["update policy=exit 101", "install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 redis-server policy=exit 101"]);
    assert.throws(() => readFileSync(policy), { code: "ENOENT" }, "the policy is taken back");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
