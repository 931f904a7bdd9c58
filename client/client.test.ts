import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../schema/errors.js";
import { createClient } from "./client.js";
import { operation } from "./operations/operation.js";

const read = operation<{ value: number }, Record<string, never>>("query { value }");
const write = operation<{ value: number }, Record<string, never>>("mutation { value }");

/** A fetch that breaks the first `times` connections. */
function breaking(times: number, answer: object): { fetch: typeof fetch; calls(): number } {
  let calls = 0;
  return {
    calls: () => calls,
    fetch: () => {
      calls += 1;
      return calls <= times ? Promise.reject(new TypeError("fetch failed")) : Promise.resolve(Response.json(answer));
    },
  };
}

const hasCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

test("a query is asked again when its connection breaks, a mutation never", async () => {
  const twice = breaking(2, { data: { value: 7 } });
  assert.deepEqual(await createClient({ apiUrl: "http://api.test", fetch: twice.fetch }).request(read, {}), { value: 7 });
  assert.equal(twice.calls(), 3);
  const once = breaking(1, { data: { value: 7 } });
  await assert.rejects(createClient({ apiUrl: "http://api.test", fetch: once.fetch }).request(write, {}), hasCode("API_UNREACHABLE"));
  assert.equal(once.calls(), 1);
  const gone = breaking(100, {});
  await assert.rejects(createClient({ apiUrl: "http://api.test", fetch: gone.fetch }).request(read, {}), hasCode("API_UNREACHABLE"));
});

test("the API's errors come with their code and details; codes that we do not know are INTERNAL", async () => {
  const refusing = (extensions: object): typeof fetch => () => Promise.resolve(Response.json({ errors: [{ message: "No.", extensions }] }));
  const client = (extensions: object) => createClient({ apiUrl: "http://api.test/", fetch: refusing(extensions) });
  await assert.rejects(client({ code: "NOT_TRADABLE", details: { listingId: "0x1" }, requestId: "r" }).request(read, {}), (error) =>
    error instanceof AppError && error.code === "NOT_TRADABLE" && error.details["listingId"] === "0x1" && error.details["requestId"] === "r");
  await assert.rejects(client({ code: "SOMETHING_NEW" }).request(read, {}), hasCode("INTERNAL"));
});

test("freshness is that of the last answer", async () => {
  const chain = { indexedBlock: 5, indexedHash: "0x", indexedTime: "", head: 6, finalized: 3, lag: 1 };
  const client = createClient({ apiUrl: "http://api.test", fetch: () => Promise.resolve(Response.json({ data: { value: 1 }, extensions: { chain } })) });
  assert.equal(client.freshness(), null);
  await client.request(read, {});
  assert.deepEqual(client.freshness(), chain);
});
