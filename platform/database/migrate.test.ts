import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import type { DataSource } from "typeorm";
import { AppError } from "../../schema/errors.js";
import { withPostgres, type TestService } from "../../test/support/with-postgres.js";
import { connectDatabase } from "./connect.js";
import { listen } from "./listen.js";
import { redactUrl } from "./redact-url.js";
import { migrate, readMigrations, type Migration } from "./migrate.js";

let postgres: TestService;
let database: DataSource;
before(async () => {
  postgres = await withPostgres();
  database = await connectDatabase({ url: postgres.url, service: "test" });
});
after(async () => {
  await database.destroy();
  await postgres.stop();
});
const withCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
const migration = (name: string, sql: string): Migration => ({ name, sql, checksum: createHash("sha256").update(sql).digest("hex") });

test("two runners at once apply each migration once, and a later run nothing", async () => {
  const other = await connectDatabase({ url: postgres.url, service: "test" });
  try {
    const names = readMigrations().map(({ name }) => name);
    const [a, b] = await Promise.all([migrate(database), migrate(other)]);
    assert.deepEqual([...a, ...b].sort(), names);
    assert.deepEqual(await migrate(database), []);
  } finally {
    await other.destroy();
  }
});

test("a changed or unknown applied migration is refused", async () => {
  const known = readMigrations();
  const [first, ...rest] = known;
  assert.ok(first);
  await assert.rejects(migrate(database, [migration(first.name, `${first.sql}\n-- changed`), ...rest]), withCode("MIGRATION_MISMATCH"));
  await assert.rejects(migrate(database, rest), withCode("MIGRATION_MISMATCH"));
});

test("a migration that fails leaves nothing, and the lock is free again", async () => {
  const broken = migration("9999_broken.sql", "create table half (id int); select 1 / 0;");
  await assert.rejects(migrate(database, [...readMigrations(), broken]), /division by zero/);
  const [row] = (await database.query("select to_regclass('public.half') as found")) as { found: string | null }[];
  assert.equal(row?.found, null);
  assert.deepEqual(await migrate(database), []);
});

test("a listener hears what is notified, and goes on after its connection was cut", async () => {
  const heard: (string | null)[] = [];
  let wakes = 0;
  const listener = await listen({
    url: postgres.url,
    channels: ["news"],
    onWake: (_channel, payload) => {
      wakes += 1;
      heard.push(payload);
    },
  });
  try {
    assert.equal(wakes, 1, "called once it listens");
    const hears = async (payload: string): Promise<void> => {
      for (let i = 0; i < 100 && !heard.includes(payload); i++) {
        await database.query("select pg_notify('news', $1)", [payload]);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.ok(heard.includes(payload));
    };
    await hears("one");
    await database.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'galen-listen'");
    await hears("two");
    assert.ok(heard.filter((payload) => payload === null).length >= 2, "called again after the reconnection");
  } finally {
    await listener.close();
  }
  await new Promise((resolve) => setTimeout(resolve, 400));
  const [left] = (await database.query("select count(*)::int as n from pg_stat_activity where application_name = 'galen-listen'")) as { n: number }[];
  assert.equal(left?.n, 0);
});

test("a Postgres that is away is a typed error that names no password", async () => {
  const started = Date.now();
  await assert.rejects(connectDatabase({ url: "postgres://user:secret@127.0.0.1:1/galen", service: "test", connectTimeoutMs: 400 }), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, "DATABASE_UNAVAILABLE");
    assert.equal(error.retryable, true);
    assert.ok(!error.message.includes("secret"));
    return true;
  });
  assert.ok(Date.now() - started < 5_000);
  assert.equal(redactUrl("postgres://user:secret@db:5432/galen?x=1"), "postgres://db:5432/galen");
});
