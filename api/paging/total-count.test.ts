import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { DataSource } from "typeorm";
import { connectDatabase } from "../../platform/database/connect.js";
import { AppError } from "../../schema/errors.js";
import type { AccessRecord } from "../../schema/entities/index.js";
import { select } from "../../test/support/select.js";
import { withMigratedPostgres } from "../../test/support/with-migrated-postgres.js";
import type { TestService } from "../../test/support/with-postgres.js";
import { compileKeys } from "../filters/order-keys.js";
import { part } from "../filters/sql.js";
import { accessRecordTable } from "../reading/tables.js";
import { SortDirection } from "../types/states.js";
import { exactCountLimit, findPage, type Page } from "./find-page.js";

let postgres: TestService;
let database: DataSource;

before(async () => {
  postgres = await withMigratedPostgres();
  database = await connectDatabase({ url: postgres.url, service: "test" });
  await database.query("insert into app.access_record (seq, inbox_id, at, account, action, outcome, previous_hash, hash) values (1, 1, now(), '0x', 'BYTES', 'OK', '', '0x')");
  await database.query("analyze app.access_record");
});
after(async () => {
  await database.destroy();
  await postgres.stop();
});

const order = compileKeys([{ column: "r.seq", type: "bigint", direction: SortDirection.ASC }]);
/** Counts a row that is there so many times. @param where - over `r` and the times `n` */
const count = (rows: number, { where = "true", exact = false, fields = "totalCount totalCountIsEstimate" } = {}): Promise<Page<AccessRecord>> =>
  findPage({ database, cursorKey: new Uint8Array(32) }, {
    table: accessRecordTable, alias: "r", from: part(`app.access_record r cross join generate_series(1, ${rows}) n`), where: part(where), order, paging: {}, reader: { at: null, viewer: null, exact }, selection: select(fields),
  });

test("up to a million rows are counted exactly, also where nothing may be estimated", async () => {
  for (const exact of [false, true]) {
    const { totalCount, totalCountIsEstimate } = await count(exactCountLimit, { exact });
    assert.deepEqual([totalCount, totalCountIsEstimate], [exactCountLimit, false]);
  }
});

test("more are the planner's estimate, said to be one, whichever of the two fields is asked for", async () => {
  const rows = 1_500_000;
  for (const fields of ["totalCount", "totalCountIsEstimate", "totalCount nodes { seq }"]) {
    const { totalCount, totalCountIsEstimate } = await count(rows, { fields });
    assert.deepEqual([totalCount, totalCountIsEstimate], [rows, true], fields);
  }
});

test("an estimate is never less than what was counted", async () => {
  // The planner takes such a condition to hold for few rows.
  const { totalCount, totalCountIsEstimate } = await count(exactCountLimit + 1, { where: "n - n = r.seq - 1" });
  assert.deepEqual([totalCount, totalCountIsEstimate], [exactCountLimit + 1, true]);
});

test("where nothing may be estimated, more are refused", async () => {
  await assert.rejects(count(exactCountLimit + 1, { exact: true }), (error) => error instanceof AppError && error.code === "LIMIT_EXCEEDED" && error.details["limit"] === exactCountLimit);
});

test("nothing is counted that is not asked for", async () => {
  const { totalCount, nodes } = await count(2, { fields: "nodes { seq }" });
  assert.deepEqual([totalCount, nodes.length], [undefined, 2]);
});
