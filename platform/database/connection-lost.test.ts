import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { DataSource } from "typeorm";
import pg from "pg";
import { withPostgres } from "../../test/support/with-postgres.js";
import { connectionLost } from "./connection-lost.js";

let postgres: Awaited<ReturnType<typeof withPostgres>>;
before(async () => {
  postgres = await withPostgres();
});
after(() => postgres.stop());
const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => assert.fail("it worked"), (error: unknown) => error);

test("what the driver says of a server that is away is told from what it says of a wrong statement", async () => {
  const pool = new pg.Pool({ connectionString: postgres.url, max: 1, connectionTimeoutMillis: 3_000 });
  pool.on("error", () => undefined);
  for (const wrong of ["select nothing from nowhere", "select 1 / 0", "select 'x'::integer", "syntax"]) assert.equal(connectionLost(await failure(pool.query(wrong))), false, wrong);
  // The only connection is taken.
  const client = await pool.connect();
  assert.equal(connectionLost(await failure(pool.query("select 1"))), true, "no connection in time");
  client.on("error", () => undefined);
  assert.equal(connectionLost(await failure(client.query("select pg_terminate_backend(pg_backend_pid())"))), true, "ended by an administrator");
  assert.equal(connectionLost(await failure(client.query("select 1"))), true, "used after it ended");
  client.release(true);
  await pool.end();

  assert.equal(connectionLost(await failure(new pg.Client("postgres://nobody@127.0.0.1:1/x").connect())), true, "nobody listens");
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const unanswered = new pg.Pool({ host: "127.0.0.1", port: (silent.address() as AddressInfo).port, user: "x", connectionTimeoutMillis: 100 });
  assert.equal(connectionLost(await failure(unanswered.query("select 1"))), true, "no answer to the greeting");
  silent.close();

  const source = await new DataSource({ type: "postgres", url: postgres.url }).initialize();
  assert.equal(connectionLost(await failure(source.query("select nothing"))), false);
  assert.equal(connectionLost(await failure(source.query("select pg_terminate_backend(pg_backend_pid())"))), true, "through TypeORM");
  await source.destroy();
  for (const other of [undefined, null, "Connection terminated", new Error("x"), Object.assign(new Error("x"), { code: "22P02" })]) assert.equal(connectionLost(other), false);
});
