import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { GraphQLError } from "graphql";
import { createLogger } from "../../platform/log.js";
import { packageRoot } from "../../platform/package-root.js";
import { AppError, errorCodes, type ErrorCode } from "../../schema/errors.js";
import { until } from "../../test/support/indexer-harness.js";
import { withApi, type Answer, type TestApi } from "../../test/support/with-api.js";
import { formatError } from "./format-error.js";

const log = createLogger({ service: "test", level: "silent" });
const documented = [...readFileSync(join(packageRoot(), "docs", "errors.md"), "utf8").matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
/** Stands for whatever drivers and parsers put into their errors: hosts, statements, values. */
const secret = "select * from app.record_key where host = '10.1.2.3'";

/** Errors as drivers, parsers, and our own code throw them, each with the secret wherever we do not write the text ourselves. */
const unforeseen = fc.oneof(
  fc.constantFrom(new Error(secret), new TypeError(secret), new RangeError(secret)),
  fc.constantFrom<unknown>(secret, null, undefined, 42, { message: secret }, [secret]),
  // Postgres' and Node's errors have codes of five characters, or names.
  fc.oneof(fc.stringMatching(/^[0-9A-Z]{5}$/), fc.constantFrom("57014", "22P02", "40001", "53300", "ECONNREFUSED", "ETIMEDOUT", "EACCES", "ENOSPC", "CALL_EXCEPTION")).map((code) =>
    Object.assign(new Error(secret), { code, detail: secret, hint: secret, where: secret, query: secret, hostname: secret }),
  ),
  fc.constantFrom(...(Object.keys(errorCodes) as ErrorCode[])).map((code) => new AppError(code, "A message of ours.", { cause: new Error(secret) })),
);
/** As graphql-js hands them on: located, or wrapped more than once. */
const thrown = unforeseen.chain((error) =>
  fc.constantFrom<unknown>(
    error,
    new GraphQLError(error instanceof Error ? error.message : "x", { path: ["listings", 0], originalError: error instanceof Error ? error : new Error(secret) }),
    new GraphQLError("outer", { path: ["a"], originalError: new GraphQLError("inner", { originalError: error instanceof Error ? error : new Error(secret) }) }),
  ),
);

test("whatever is thrown, the answer has a documented code, retryable and a request id, and nothing of the inside", () => {
  fc.assert(
    fc.property(thrown, (error) => {
      const shown = formatError(error, { requestId: "the-id", log });
      const { code, retryable, requestId, ...rest } = shown.extensions as { code: ErrorCode; retryable: boolean; requestId: string; details?: object };
      assert.ok(documented.includes(code), code);
      assert.equal(retryable, errorCodes[code].retryable);
      assert.equal(requestId, "the-id");
      assert.deepEqual(Object.keys(rest).filter((name) => name !== "details"), []);
      const told = JSON.stringify(shown);
      for (const inner of ["record_key", "10.1.2.3", "select", ".ts:", "node_modules"]) assert.ok(!told.includes(inner), told);
    }),
    { numRuns: 2_000 },
  );
});

let t: TestApi;
before(async () => {
  t = await withApi();
});
after(() => t.stop());

const queries = ["{ listings { edges { node { id } } } }", "{ orders { edges { node { id buyer } } } }", "{ marketEvents { edges { cursor } } }", "{ participants { totalCount } }"];
const check = (answer: Answer, codes: readonly string[]): void => {
  for (const { message, extensions } of answer.errors) {
    assert.ok(codes.includes(extensions.code), `${extensions.code}: ${message}`);
    assert.match(extensions.requestId, /^[0-9a-f-]{36}$/);
    assert.equal(extensions.retryable, errorCodes[extensions.code as ErrorCode].retryable);
    assert.ok(!/postgres|relation|terminat|connection|administrator|column|injected|127\.0\.0\.1/i.test(message), message);
  }
};

test("faults of the database leak nothing, and the API serves again when they are over", async () => {
  // A table that is gone, one whose rows cannot be read, and connections that are cut under the statements.
  for (const [spoil, mend] of [
    ["alter table listing rename to away", "alter table away rename to listing"],
    ["alter table trade_order rename column buyer to injected", "alter table trade_order rename column injected to buyer"],
    ["alter table market_event rename to away", "alter table away rename to market_event"],
  ] as const) {
    await t.database.query(spoil);
    try {
      const answers = await Promise.all(queries.map((query) => t.ask(query)));
      assert.ok(answers.some(({ errors }) => errors.length > 0), spoil);
      for (const answer of answers) check(answer, ["INTERNAL"]);
    } finally {
      await t.database.query(mend);
    }
  }
  for (let times = 0; times < 5; times++) {
    const asked = Promise.all(Array.from({ length: 8 }, (_, index) => t.ask(queries[index % queries.length]!)));
    await t.database.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'galen-api' and pid <> pg_backend_pid()");
    for (const answer of await asked) check(answer, ["INTERNAL", "DATABASE_UNAVAILABLE"]);
  }
  // A connection whose end nobody has noticed yet may serve one more request, and fail it.
  for (const query of queries) await until(async () => (await t.ask(query)).errors.length === 0, 10_000, "the API serves again");
});
