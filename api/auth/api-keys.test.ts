import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Wallet } from "ethers";
import { withApi, type Answer, type TestApi } from "../../test/support/with-api.js";

let t: TestApi;
const wallet = Wallet.createRandom();
let session: string;
before(async () => {
  t = await withApi();
  session = await t.signIn(wallet);
});
after(() => t.stop());

const code = (answer: Answer): string | undefined => answer.errors[0]?.extensions.code;
const account = wallet.address.toLowerCase();

interface Key {
  secret: string;
  apiKey: { id: string; prefix: string; scope: string; expiresAt: string };
}

async function create(input: object, token = session): Promise<Key> {
  const answer = await t.ask("mutation($input: ApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id prefix scope expiresAt } } }", { input }, token);
  assert.deepEqual(answer.errors, []);
  return (answer.data as unknown as { createApiKey: Key }).createApiKey;
}

test("anyone who signs in gets a key without an operator; it stands in the database as a hash", async () => {
  const key = await create({ name: "portal" });
  assert.equal(key.apiKey.scope, "PUBLIC");
  assert.ok(key.secret.startsWith(key.apiKey.prefix));
  assert.deepEqual((await t.ask("{ me { account } chain { head } }", {}, key.secret)).data?.["me"], null, "a key for public data is nobody");
  const rows = JSON.stringify(await t.database.query("select *, token_hash::text as hash from app.api_key"));
  assert.ok(!rows.includes(key.secret) && !rows.includes(Buffer.from(key.secret).toString("hex")));
});

test("a key's scope bounds it: reading, then steps, but never keys and sessions", async () => {
  const [open, read, trade] = await Promise.all(["PUBLIC", "READ", "TRADE"].map((scope) => create({ name: scope, scope })));
  const mine = (token: string): Promise<Answer> => t.ask("{ myUploads { id } }", {}, token);
  assert.deepEqual([code(await mine(open!.secret)), code(await mine(read!.secret)), code(await mine(trade!.secret))], ["UNAUTHENTICATED", undefined, undefined]);
  assert.deepEqual((await t.ask("{ me { account } }", {}, read!.secret)).data, { me: { account } });
  const step = "mutation { withdrawFunds { to } }";
  assert.equal(code(await t.ask(step, {}, read!.secret)), "FORBIDDEN");
  assert.equal(code(await t.ask(step, {}, trade!.secret)), "CONFLICT", "it may, but there is nothing to withdraw");
  for (const text of ["mutation { signOut }", 'mutation { createApiKey(input: {name: "x"}) { secret } }', `mutation { revokeApiKey(id: "${read!.apiKey.id}") { id } }`, `mutation { rotateApiKey(id: "${read!.apiKey.id}") { secret } }`]) {
    assert.equal(code(await t.ask(text, {}, trade!.secret)), "FORBIDDEN", text);
  }
  const upload = await fetch(`${t.url}/uploads/00000000-0000-0000-0000-000000000000`, { method: "PATCH", headers: { authorization: `Bearer ${read!.secret}` } });
  assert.equal(((await upload.json()) as { code: string }).code, "FORBIDDEN");
});

test("a rotated key works on for the time that was asked for, and no longer; a revoked one stops at once", async () => {
  const first = await create({ name: "rotated", scope: "READ" });
  const rotate = async (graceSeconds: number): Promise<Key> => {
    const answer = await t.ask("mutation($id: ID!, $graceSeconds: Int!) { rotateApiKey(id: $id, graceSeconds: $graceSeconds) { secret apiKey { id prefix scope expiresAt previousExpiresAt } } }", { id: first.apiKey.id, graceSeconds }, session);
    assert.deepEqual(answer.errors, []);
    return (answer.data as unknown as { rotateApiKey: Key }).rotateApiKey;
  };
  const works = async (secret: string): Promise<boolean> => code(await t.ask("{ me { account } }", {}, secret)) === undefined;
  const second = await rotate(600);
  assert.deepEqual([await works(first.secret), await works(second.secret)], [true, true]);
  const third = await rotate(0);
  assert.deepEqual([await works(first.secret), await works(second.secret), await works(third.secret)], [false, false, true]);
  const revoke = "mutation($id: ID!) { revokeApiKey(id: $id) { revokedAt } }";
  const { data } = await t.ask(revoke, { id: first.apiKey.id }, session);
  assert.equal(await works(third.secret), false);
  assert.deepEqual((await t.ask(revoke, { id: first.apiKey.id }, session)).data, data, "again: the same answer");
});

test("keys expire, are at most twenty, and are their account's alone", async () => {
  const key = await create({ name: "brief", scope: "READ", days: 1 });
  await t.database.query("update app.api_key set expires_at = now() where id = $1", [key.apiKey.id]);
  assert.equal(code(await t.ask("{ me { account } }", {}, key.secret)), "UNAUTHENTICATED");
  const other = await t.signIn(Wallet.createRandom());
  const made = await Promise.all(Array.from({ length: 25 }, (_, index) => t.ask(`mutation { createApiKey(input: {name: "k${index}"}) { secret } }`, {}, other)));
  assert.deepEqual([made.filter((answer) => code(answer) === undefined).length, made.filter((answer) => code(answer) === "LIMIT_EXCEEDED").length], [20, 5]);
  for (const text of ["mutation($id: ID!) { revokeApiKey(id: $id) { id } }", "mutation($id: ID!) { rotateApiKey(id: $id) { secret } }"]) assert.equal(code(await t.ask(text, { id: key.apiKey.id }, other)), "NOT_FOUND");
  assert.deepEqual((await t.ask("query($id: ID!) { apiKeyUsage(id: $id) { day } }", { id: key.apiKey.id }, other)).data, { apiKeyUsage: [] });
  for (const input of [{ name: "" }, { name: "x", days: 0 }, { name: "x", days: 367 }]) assert.equal(code(await t.ask("mutation($input: ApiKeyInput!) { createApiKey(input: $input) { secret } }", { input }, session)), "BAD_INPUT");
  for (const token of [`glk_${"a".repeat(43)}`, "glk_", `${key.secret}x`]) assert.equal((await t.ask("{ me { account } }", {}, token)).status, 401);
});
