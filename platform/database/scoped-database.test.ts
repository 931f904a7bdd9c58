import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import type { DataSource } from "typeorm";
import { Block } from "../../schema/entities/index.js";
import { withPostgres, type TestService } from "../../test/support/with-postgres.js";
import { connectDatabase } from "./connect.js";
import { preparedQuery } from "./prepared-query.js";
import { scopedDatabase } from "./scoped-database.js";
import { StatementScope } from "./statement-scope.js";

let postgres: TestService;
let database: DataSource;

before(async () => {
  postgres = await withPostgres();
  database = await connectDatabase({ url: postgres.url, service: "test", poolSize: 6 });
});
after(async () => {
  await database.destroy();
  await postgres.stop();
});

const sleep = "select pg_sleep(60)";

test("every way to ask belongs to the scope, and none of another's", async () => {
  const [scope, others] = [new StatementScope(), new StatementScope()];
  for (const each of [scope, others]) each.isCancellable = true;
  const own = scopedDatabase(scopedDatabase(database, others), scope);
  const ended = Promise.allSettled([
    own.query(sleep),
    own.transaction((manager) => manager.query(sleep)),
    own.getRepository(Block).query(sleep),
    own.manager.query(sleep),
    preparedQuery(own, sleep, []),
  ]);
  // Runs until it is let go, however long the others take to begin.
  const holder = new pg.Client(postgres.url);
  await holder.connect();
  await holder.query("select pg_advisory_lock(1)");
  const other = scopedDatabase(database, others).query("select pg_advisory_xact_lock(1), 1 as one") as Promise<{ one: number }[]>;
  for (let looks = 0; scope.running.size + others.running.size < 6 && looks < 250; looks++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([scope.running.size, others.running.size], [5, 1]);
  scope.cancel();
  assert.deepEqual((await ended).map(({ status }) => status), Array<string>(5).fill("rejected"));
  await holder.end();
  assert.equal((await other)[0]?.one, 1);
  assert.equal(scope.running.size, 0);
  await assert.rejects(own.query("select 1"), /Nobody waits/, "nothing begins any more");
  const free = await Promise.all(Array.from({ length: 6 }, () => database.query("select 1 as one") as Promise<{ one: number }[]>));
  assert.ok(free.every(([row]) => row?.one === 1), "the connections serve others");
});
