import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serverAudits } from "graphql-http";
import { withApi, type TestApi } from "../test/support/with-api.js";

let t: TestApi;
before(async () => {
  t = await withApi();
});
after(() => t.stop());

test("GraphQL over HTTP: the published audit passes as a whole", async () => {
  const audits = serverAudits({ url: () => `${t.url}/graphql`, fetchFn: fetch });
  const failed: string[] = [];
  for (const audit of audits) {
    const result = await audit.fn();
    if (result.status !== "ok") failed.push(`${result.status} ${audit.id} ${audit.name}: ${result.reason}`);
  }
  assert.ok(audits.length >= 61, `${audits.length} audits`);
  assert.deepEqual(failed, []);
});
