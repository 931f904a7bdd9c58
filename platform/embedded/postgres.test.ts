import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import pg from "pg";
import { openHome } from "./home.js";
import { startPostgres } from "./postgres.js";

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

test("the data outlives a stop and a start, and the port stays on 127.0.0.1 behind a password", async () => {
  const home = await openHome(null);
  try {
    const first = await startPostgres({ home: home.path });
    const [settings] = await query<Record<string, string>>(first.url, "SELECT current_setting('fsync') AS fsync, current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets, current_setting('server_version_num') AS version");
    assert.equal(settings?.["fsync"], "on");
    assert.equal(settings["addresses"], "127.0.0.1");
    assert.equal(settings["sockets"], "");
    assert.ok(Number(settings["version"]) >= 160_000);
    await query(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
    const wrong = new URL(first.url);
    wrong.password = "wrong";
    await assert.rejects(query(wrong.href, "SELECT 1"), /password authentication failed/);
    await first.stop();
    await assert.rejects(query(first.url, "SELECT 1"), /ECONNREFUSED/);

    const second = await startPostgres({ home: home.path });
    assert.deepEqual(await query(second.url, "SELECT answer FROM kept"), [{ answer: 42 }]);
    assert.equal(statSync(join(home.path, "keys", "postgres-password")).mode & 0o777, 0o600);
    await second.stop();
  } finally {
    home.release();
  }
});

test("a cluster whose making was interrupted is made anew", async () => {
  const home = await openHome(null);
  try {
    mkdirSync(join(home.path, "postgres", "base"), { recursive: true });
    const postgres = await startPostgres({ home: home.path, durable: false });
    assert.deepEqual(await query(postgres.url, "SELECT 1 AS one"), [{ one: 1 }]);
    await postgres.stop();
    assert.ok(!existsSync(postgres.dataFolder), "a stack that is not durable leaves nothing");
  } finally {
    home.release();
  }
});

test("a home that the Postgres user cannot reach keeps its data under /var/lib/galen, and a new home at the same place starts empty", { skip: process.getuid?.() !== 0 && "needs root" }, async () => {
  const closed = mkdtempSync(join(tmpdir(), "galen-closed-"));
  const path = join(closed, "home");
  try {
    for (const expected of ["42P01", "42P01"]) {
      const home = await openHome(path);
      const postgres = await startPostgres({ home: path });
      assert.match(postgres.dataFolder, /^\/var\/lib\/galen\/[0-9a-f]{16}\/postgres$/);
      await assert.rejects(query(postgres.url, "SELECT * FROM kept"), { code: expected });
      await query(postgres.url, "CREATE TABLE kept AS SELECT 1 AS one");
      await postgres.stop();
      const again = await startPostgres({ home: path });
      assert.deepEqual(await query(again.url, "SELECT * FROM kept"), [{ one: 1 }]);
      await again.stop();
      home.release();
      rmSync(path, { recursive: true });
    }
    const last = await startPostgres({ home: path, durable: false });
    await last.stop();
    assert.ok(!existsSync(join(last.dataFolder, "..")));
  } finally {
    rmSync(closed, { recursive: true, force: true });
  }
});

test("a taken port is named", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const home = await openHome(null);
  try {
    await assert.rejects(startPostgres({ home: home.path, port, durable: false }), { code: "PORT_IN_USE", details: { port } });
  } finally {
    home.release();
    server.close();
  }
});
