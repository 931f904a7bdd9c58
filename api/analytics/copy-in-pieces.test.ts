import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import pg from "pg";
import { withPostgres, type TestService } from "../../test/support/with-postgres.js";
import { copyInPieces } from "./copy-in-pieces.js";
import { csvRelation, mirrorTables } from "./mirror-tables.js";

const participant = mirrorTables.find(({ name }) => name === "participant")!;
/** Texts that CSV quotes, or could be taken for a null, the end of a row, or an escape. */
const odd = ["", " ", '"', '""', "a,b", "a\nb", 'a"\n"b', "\r\n", "\\N", "\\", "null", "é\u{1f9ec}", ",", "'", "a\tb"];

let service: TestService;
let client: pg.Client;
let folder: string;
let path: string;
before(async () => {
  service = await withPostgres();
  client = new pg.Client(service.url);
  await client.connect();
  folder = mkdtempSync(join(tmpdir(), "galen-test-"));
  path = join(folder, "it's rows.csv");
  await client.query("create temp table told (account text, institution text, roles integer, kind smallint, revoked boolean, from_block integer, to_block integer)");
  await client.query("insert into told select 'account ' || n, case when n % 7 > 0 then ($1::text[])[1 + n % $2::integer] end, n, nullif(n % 5, 0), n % 2 = 0, n, nullif(n, 40) from generate_series(1, 3000) n", [odd, odd.length]);
});
after(async () => {
  await client.end();
  rmSync(folder, { recursive: true });
  await service.stop();
});

test("DuckDB reads every row as Postgres has it, however the rows fall into pieces, from a file that is private, and gone afterwards", async () => {
  const engine = await DuckDBInstance.create(":memory:");
  const reader = await engine.connect();
  const { rows: expected } = await client.query({ text: "select * from told order by from_block", rowMode: "array" });
  for (const size of [1, 900, 20_000, 1_000_000]) {
    const rows: unknown[] = [];
    let pieces = 0;
    await copyInPieces(client, "select * from told order by from_block", { path, size }, async () => {
      pieces += 1;
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.ok(readFileSync(path, "utf8").endsWith("\n"));
      rows.push(...(await reader.runAndReadAll(`select * from ${csvRelation(participant, path)}`)).getRowsJS());
    });
    assert.deepEqual(rows, expected);
    assert.equal(size === 1_000_000 ? pieces === 1 : pieces > 1, true, `${pieces} pieces of ${size}`);
    assert.equal(existsSync(path), false);
  }
  reader.closeSync();
  engine.closeSync();
});

test("nothing to copy is no piece; what fails leaves neither a file nor a connection that cannot be used", async () => {
  const refuse = (): Promise<void> => Promise.reject(new Error("refused"));
  await copyInPieces(client, "select * from told where false", { path, size: 10 }, refuse);
  await assert.rejects(copyInPieces(client, "select * from told", { path, size: 10 }, refuse), /refused/);
  await assert.rejects(copyInPieces(client, "select 1 / (from_block - 2900) from told", { path, size: 10 }, () => Promise.resolve()), /division by zero/);
  await assert.rejects(copyInPieces(client, "select * from told", { path: join(folder, "none", "x"), size: 10 }, refuse), /ENOENT/);
  assert.equal(existsSync(path), false);
  assert.deepEqual((await client.query("select 1 as one")).rows, [{ one: 1 }]);
});
