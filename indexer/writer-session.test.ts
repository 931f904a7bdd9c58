import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPool } from "../platform/database/open-pool.js";
import { withPostgres, type TestService } from "../test/support/with-postgres.js";
import { openWriterSession } from "./writer-session.js";

let postgres: TestService;
before(async () => {
  postgres = await withPostgres();
});
after(() => postgres.stop());

test("Postgres gives up the session of a writer whose machine is silent, within 15 seconds", async () => {
  const pool = await openPool({ url: postgres.url, service: "test", poolSize: 1 });
  const session = await openWriterSession(pool, new AbortController().signal, () => Promise.reject(new Error("Nobody else writes.")));
  try {
    const { rows } = await session.sql.query<{ name: string; ms: number }>(
      "select name, setting::integer * case unit when 's' then 1000 else 1 end as ms from pg_settings where name in ('tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count', 'tcp_user_timeout', 'client_connection_check_interval')",
    );
    const { tcp_keepalives_idle: idle, tcp_keepalives_interval: interval, tcp_keepalives_count: count, tcp_user_timeout: unacknowledged, client_connection_check_interval: check } = Object.fromEntries(rows.map(({ name, ms }) => [name, ms]));
    // 0 would be what the operating system likes: two hours.
    for (const value of [idle, interval, count, unacknowledged, check]) assert.ok(value! > 0);
    assert.ok(idle! + interval! * count! <= 15_000);
    assert.ok(unacknowledged! <= 15_000 && check! <= 15_000);
  } finally {
    session.close();
    await pool.end();
  }
});
