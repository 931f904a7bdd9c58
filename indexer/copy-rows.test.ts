import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import pg from "pg";
import { withPostgres, type TestService } from "../test/support/with-postgres.js";
import { copyRows, plainCells } from "./copy-rows.js";
import { insertOf, insertRows } from "./insert-rows.js";

let postgres: TestService;
let client: pg.Client;
const cells = plainCells({ id: "integer", small: "smallint", wide: "bigint", amount: "numeric", yes: "boolean", at: "timestamptz", words: "text", body: "jsonb" });
before(async () => {
  postgres = await withPostgres();
  client = new pg.Client(postgres.url);
  await client.connect();
  for (const table of ["copied", "inserted"]) {
    await client.query(`create table ${table} (id integer, small smallint, wide bigint, amount numeric(78, 0), yes boolean, at timestamptz, words text, body jsonb)`);
  }
});
after(async () => {
  await client.end();
  await postgres.stop();
});

const words = fc.string({ unit: "grapheme", maxLength: 300 }).map((text) => text.replaceAll("\0", ""));
const row = fc.record({
  id: fc.integer(),
  small: fc.option(fc.integer({ min: -32768, max: 32767 })),
  wide: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  amount: fc.option(fc.oneof(fc.bigInt({ min: -20_000n, max: 20_000n }), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), fc.nat(77).map((zeros) => 10n ** BigInt(zeros)))),
  yes: fc.option(fc.boolean()),
  at: fc.option(fc.date({ min: new Date("1970-01-01"), max: new Date("2200-01-01"), noInvalidDate: true })),
  words: fc.option(words),
  body: fc.option(words.map((text) => JSON.stringify({ text }))),
});

test("any rows, copied in the binary format or inserted as arrays, come back as they were", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async (rows) => {
      await client.query("truncate copied, inserted");
      await copyRows(client, "copied", cells, rows);
      await insertRows(client, [insertOf("inserted", cells, rows)]);
      const read = async (table: string): Promise<unknown[]> => (await client.query<Record<string, unknown>>(`select id, small, wide::text, amount::text, yes, at, words, body->>'text' as body from ${table}`)).rows;
      const expected = rows.map((one) => ({ ...one, wide: one.wide?.toString() ?? null, amount: one.amount?.toString() ?? null, body: one.body === null ? null : (JSON.parse(one.body) as { text: string }).text }));
      assert.deepEqual(await read("copied"), expected);
      assert.deepEqual(await read("inserted"), expected);
    }),
    { numRuns: 60 },
  );
});

test("a value that a column cannot hold is refused, and the connection goes on", async () => {
  const fits = { id: 1, small: null, wide: null, amount: null, yes: null, at: null, words: null, body: null };
  await client.query("truncate copied");
  for (const spoilt of [{ ...fits, small: 32_768 }, { ...fits, id: 2 ** 31 }, { ...fits, wide: 2n ** 63n }]) await assert.rejects(copyRows(client, "copied", cells, [fits, spoilt]), RangeError);
  await assert.rejects(copyRows(client, "copied", cells, [{ ...fits, words: 5 as unknown as null }]), TypeError);
  assert.equal((await client.query("select from copied")).rows.length, 0);
});
