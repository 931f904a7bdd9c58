import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { concat, keccak256, toUtf8Bytes, Wallet } from "ethers";
import { withApi, type Answer, type TestApi } from "../test/support/with-api.js";
import { Role } from "../schema/market.js";

let t: TestApi;
before(async () => {
  t = await withApi();
});
after(() => t.stop());

const code = (answer: Answer): string | undefined => answer.errors[0]?.extensions.code;

/** Sends bytes as they are. */
async function post(body: string | Buffer, headers: Record<string, string> = { "content-type": "application/json" }): Promise<Answer> {
  const response = await fetch(`${t.url}/graphql`, { method: "POST", headers, body: new Uint8Array(Buffer.from(body)) });
  const answer = (await response.json()) as Partial<Answer>;
  return { status: response.status, data: answer.data, errors: answer.errors ?? [], extensions: answer.extensions };
}

test("malformed operations give typed errors with a request id, never 500", async () => {
  const bodies: (string | Buffer)[] = [
    "",
    "{",
    "null",
    "[]",
    "42",
    '"text"',
    "{}",
    '{"query": 1}',
    '{"query": ""}',
    '{"query": "{"}',
    '{"query": "{ nothing }"}',
    '{"query": "{ listing }"}',
    '{"query": "{ listing(id: 1.5) { id } }"}',
    '{"query": "{ listing(id: \\"0x12\\") { id } }"}',
    '{"query": "query($id: ID!) { listing(id: $id) { id } }"}',
    '{"query": "query($id: ID!) { listing(id: $id) { id } }", "variables": {"id": {"a": 1}}}',
    '{"query": "query A { me { account } } query B { me { account } }"}',
    '{"query": "query A { me { account } }", "operationName": "C"}',
    '{"query": "{ me { account } }", "variables": "x"}',
    '{"query": "subscription { marketEvents { seq } }"}',
    '{"query": "mutation { signIn(message: \\"a\\\\u0000b\\", signature: \\"0x\\") { account } }"}',
    '{"query": "{ block(number: -1) { hash } }"}',
    '{"query": "{ listings(where: {price: {gt: \\"1e99\\"}}) { totalCount } }"}',
    '{"query": "{ listings(after: \\"zzz\\") { totalCount } }"}',
    '{"query": "{ marketEvents(after: \\"zzz\\") { edges { cursor } } }"}',
    Buffer.from([0xff, 0xfe, 0x00]),
  ];
  for (const body of bodies) {
    const answer = await post(body);
    assert.ok(answer.status < 500, `${body.toString()} → ${answer.status}`);
    const [error] = answer.errors;
    assert.ok(error, `${body.toString()} gave no error`);
    assert.ok(["BAD_INPUT", "CURSOR_INVALID", "SIGN_IN_INVALID"].includes(error.extensions.code), `${body.toString()} → ${JSON.stringify(error)}`);
    assert.match(error.extensions.requestId, /^[0-9a-f-]{36}$/);
    assert.equal(error.extensions.retryable, false);
  }
});

test("every answer says how fresh it is", async () => {
  await t.untilIndexed();
  for (const answer of [await t.ask("{ me { account } }"), await post("{"), await t.ask("{ nothing }")]) {
    const chain = answer.extensions?.chain as unknown as Record<string, unknown>;
    assert.ok(Number(chain["indexedBlock"]) > 0, JSON.stringify(answer));
    assert.ok(Number(chain["head"]) >= Number(chain["indexedBlock"]));
    assert.match(String(chain["indexedHash"]), /^0x[0-9a-f]{64}$/);
    assert.equal(Number(chain["lag"]), Number(chain["head"]) - Number(chain["indexedBlock"]));
  }
  const { data } = await t.ask("{ chain { chainId indexedBlock indexedTime status rpcUrl auditQuorum deliveryWindowSeconds settleWindowSeconds contracts { name address abiUrl abiHash } token { address symbol decimals } } }");
  const chain = (data as unknown as { chain: { auditQuorum: number; contracts: { abiUrl: string; abiHash: string; name: string }[]; token: object; indexedTime: string } }).chain;
  assert.equal(chain.auditQuorum, 2);
  assert.deepEqual(chain.contracts.map(({ name }) => name), ["Marketplace", "PaymentToken", "AccessManager"]);
  assert.ok(Math.abs(Date.parse(chain.indexedTime) - Date.now()) < 60_000);
  const { createHash } = await import("node:crypto");
  for (const { abiUrl, abiHash } of chain.contracts) {
    const body = await (await fetch(abiUrl)).text();
    assert.equal(createHash("sha256").update(body).digest("hex"), abiHash);
    assert.ok(Array.isArray(JSON.parse(body)));
  }
});

test("operations beyond the limits are refused with LIMIT_EXCEEDED", async () => {
  const deep = (levels: number): string => `{ listings { edges { node ${"{ orders { listing ".repeat(levels)} { id } ${"} }".repeat(levels)} } } }`;
  assert.equal(code(await t.ask(deep(1))), undefined);
  assert.equal(code(await t.ask(deep(8))), "LIMIT_EXCEEDED");
  const spread = `query { listings { edges { node { ...a } } } } fragment a on Listing ${"{ orders { listing ".repeat(8)} { id } ${"} }".repeat(8)}`;
  assert.equal(code(await t.ask(spread)), "LIMIT_EXCEEDED");
  assert.equal(code(await t.ask(`{ ${Array.from({ length: 200 }, (_, i) => `a${i}: chain { head }`).join(" ")} }`)), "LIMIT_EXCEEDED");
  assert.equal(code(await t.ask(`{ chain { ${"head ".repeat(5000)} } }`)), "LIMIT_EXCEEDED");
  assert.equal(code(await t.ask(`{ chain { head ${"@include(if: true) ".repeat(100)} } }`)), "LIMIT_EXCEEDED");
  assert.equal(code(await t.ask("{ listings(first: 100000) { totalCount } }")), "LIMIT_EXCEEDED");
  assert.equal(code(await post(JSON.stringify({ query: `# ${"x".repeat(400_000)}\n{ chain { head } }` }))), "LIMIT_EXCEEDED");
  assert.equal(code(await t.ask("query { ...a } fragment a on Query { ...b } fragment b on Query { ...a }")), "BAD_INPUT");
});

test("introspection as GraphiQL sends it passes the limits", async () => {
  const { getIntrospectionQuery } = await import("graphql");
  const answer = await t.ask(getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true }));
  assert.deepEqual(answer.errors, []);
});

test("what a browser sends from another site without a preflight is refused", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
    const answer = await post('{"query":"mutation { signOut }"}', { "content-type": type });
    assert.equal(answer.status, 400);
    assert.equal(code(answer), "BAD_INPUT");
  }
  const get = (query: string): Promise<Response> => fetch(`${t.url}/graphql?query=${encodeURIComponent(query)}`);
  assert.equal((await get("{ chain { head } }")).status, 200, "a query may be asked by GET");
  assert.equal((await get("mutation { signOut }")).status, 405, "a mutation may not");
});

test("a failing database is told as such, and its text is told to nobody", async () => {
  await t.ask("{ chain { head } }");
  await t.database.query("alter table listing rename to listing_away");
  try {
    const answer = await t.ask("{ listings { totalCount } }");
    assert.equal(code(answer), "INTERNAL");
    assert.ok(!JSON.stringify(answer).includes("listing_away") && !/relation|postgres|select/i.test(JSON.stringify(answer.errors)));
    assert.equal(answer.errors[0]?.extensions.retryable, true);
  } finally {
    await t.database.query("alter table listing_away rename to listing");
  }
  assert.deepEqual((await t.ask("{ listings { totalCount } }")).data, { listings: { totalCount: 0 } });
});

test("GraphiQL is served to browsers from our own origin alone", async () => {
  const page = await fetch(`${t.url}/graphql`, { headers: { accept: "text/html,application/xhtml+xml" } });
  assert.equal(page.status, 200);
  const policy = page.headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self';/);
  const html = await page.text();
  assert.ok(!/https?:\/\//.test(html), "nothing from elsewhere");
  const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
  assert.equal(assets.length, 5);
  for (const path of [...assets, "/assets/explorer/examples.js", "/assets/graphql-ws/client.js"]) {
    const asset = await fetch(`${t.url}${path}`);
    assert.equal(asset.status, 200, path);
    assert.match(asset.headers.get("content-type") ?? "", /javascript|css/);
    const body = await asset.text();
    assert.ok(body.length > 100);
    for (const [, chunk] of body.matchAll(/from '\.\/(common-[^']+)'/g)) assert.equal((await fetch(`${t.url}/assets/graphql-ws/${chunk}`)).status, 200);
  }
  for (const path of ["/assets/../package.json", "/assets/%2e%2e/package.json", "/assets/nothing.js", "/assets/graphql-ws/common-..%2f.js", "/nothing"]) assert.equal((await fetch(`${t.url}${path}`)).status, 404, path);
});

test("health, readiness and metrics are served", async () => {
  const health = `http://127.0.0.1:${t.api.healthPort}`;
  assert.equal((await fetch(`${t.url}/health`)).status, 200);
  assert.equal((await fetch(`${health}/health`)).status, 200);
  const ready = await fetch(`${health}/ready`);
  assert.deepEqual([ready.status, ((await ready.json()) as { checks: object }).checks], [200, { database: "ok", redis: "ok", chain: "ok", objects: "ok", index: "ok" }]);
  assert.match(await (await fetch(`${health}/metrics`)).text(), /process_cpu_seconds_total/);
});

test("prices are predicted from a profile; an absurd one names its field", async () => {
  const text = "query($input: PriceInput!) { pricePrediction(input: $input) { p10 { amount currency decimals decimal } p50 { amount } p90 { amount } modelHash modelVersion thinData reasons { feature text effect { amount } } } }";
  const { data, errors } = await t.ask(text, { input: { kind: "FHIR", records: "40000", patients: "1000", modalities: { clinical: 0.5, laboratory: 0.4 }, completeness: 0.8, purposes: ["GENERAL_RESEARCH"] } });
  assert.deepEqual(errors, []);
  const { p10, p50, p90 } = (data as unknown as { pricePrediction: Record<"p10" | "p50" | "p90", { amount: string }> & { p10: object } }).pricePrediction;
  assert.ok(BigInt(p10.amount) > 0n && BigInt(p10.amount) <= BigInt(p50.amount) && BigInt(p50.amount) <= BigInt(p90.amount));
  assert.deepEqual(Object.entries(p10).filter(([name]) => name === "currency" || name === "decimals"), [["currency", "tUSD"], ["decimals", 6]]);
  const absurd = await t.ask(text, { input: { kind: "FHIR", completeness: 7 } });
  assert.deepEqual([code(absurd), absurd.errors[0]?.extensions.details?.["field"]], ["PRICE_INPUT_INVALID", "completeness"]);
});

test("accreditation: an application waits for the registrar until the chain shows it", async () => {
  const wallet = Wallet.createRandom();
  const token = await t.signIn(wallet);
  const { nodeCrypto } = await import("../crypto/node.js");
  const input = { roles: ["PROVIDER", "BUYER"], kind: "HOSPITAL", institutionName: "Charité", credential: "HRB 1234", recipient: nodeCrypto.generateIdentity().recipient };
  const apply = "mutation($input: ApplicationInput!) { applyForAccreditation(input: $input) { id account roles kind institution credentialSalt credentialCommitment recipientCommitment institutionName credential status } }";
  assert.equal(code(await t.ask(apply, { input })), "UNAUTHENTICATED");
  const first = await t.ask(apply, { input }, token);
  assert.deepEqual(first.errors, []);
  const application = (first.data as unknown as { applyForAccreditation: Record<string, string> & { roles: string[] } }).applyForAccreditation;
  assert.deepEqual([application.account, application.roles, application["status"]], [wallet.address.toLowerCase(), ["PROVIDER", "BUYER"], "PENDING"]);
  // RFC 8785 sorts the keys; these values need no escapes.
  const { account: applicant, credential, institutionName } = application;
  const written = toUtf8Bytes(JSON.stringify({ account: applicant, credential, institutionName }));
  assert.equal(keccak256(concat([application["credentialSalt"] ?? "", written])), application["credentialCommitment"]);

  assert.equal(((await t.ask(apply, { input }, token)).data as unknown as { applyForAccreditation: { id: string } }).applyForAccreditation.id, application["id"], "the same again is the same");
  assert.equal(code(await t.ask(apply, { input: { ...input, credential: "other" } }, token)), "CONFLICT");
  assert.equal(code(await t.ask(apply, { input: { ...input, roles: ["RELAYER"] } }, token)), "BAD_INPUT");
  assert.equal(code(await t.ask(apply, { input: { ...input, recipient: "age1nonsense" } }, token)), "BAD_INPUT");
  assert.equal(code(await t.ask(apply, { input: { ...input, institutionName: "a\nb" } }, token)), "BAD_INPUT");

  const queue = "{ accreditationQueue { id } }";
  assert.equal(code(await t.ask(queue, {}, token)), "FORBIDDEN");
  assert.equal(code(await t.ask(queue)), "UNAUTHENTICATED");
  const registrar = await t.signIn(t.wallets.registrar);
  const waiting = async (): Promise<string[]> => ((await t.ask(queue, {}, registrar)).data as unknown as { accreditationQueue: { id: string }[] }).accreditationQueue.map(({ id }) => id);
  assert.deepEqual(await waiting(), [application["id"]]);
  const { timestamp } = (await t.provider.getBlock("latest"))!;
  const { account, institution, recipientCommitment } = application;
  await t.send(t.wallets.registrar, "registerParticipants", [
    [{ account, institution, roles: Role.PROVIDER | Role.BUYER, kind: 2, auditorSlot: 0, validUntil: timestamp + 3600, credentialCommitment: application["credentialCommitment"], recipientCommitment }],
  ]);
  assert.deepEqual(await waiting(), []);
  const { data } = await t.ask("{ me { participant { roles kind validUntil revoked valid } recipientKnown applications { id status } } }", {}, token);
  const { me } = data as unknown as { me: { participant: { roles: string[]; valid: boolean }; recipientKnown: boolean } };
  assert.deepEqual([me.participant.roles, me.participant.valid, me.recipientKnown], [["PROVIDER", "BUYER"], true, true]);

  const again = (await t.ask(apply, { input: { ...input, credential: "renewed" } }, token)).data as unknown as { applyForAccreditation: { id: string } };
  const refuse = "mutation($id: ID!) { refuseAccreditation(id: $id, reason: \"unknown\") { status reason } }";
  assert.equal(code(await t.ask(refuse, { id: again.applyForAccreditation.id }, token)), "FORBIDDEN");
  assert.deepEqual((await t.ask(refuse, { id: again.applyForAccreditation.id }, registrar)).data, { refuseAccreditation: { status: "REFUSED", reason: "unknown" } });
  assert.equal(code(await t.ask(refuse, { id: again.applyForAccreditation.id }, registrar)), "CONFLICT");
});

/** Sends a request line that no HTTP client would send. @returns the status line's code. */
async function raw(text: string): Promise<string> {
  const { connect } = await import("node:net");
  const { hostname, port } = new URL(t.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = "";
    socket.on("data", (bytes) => (answer += bytes.toString()));
    socket.on("close", () => resolve(answer.slice(9, 12)));
    setTimeout(() => socket.destroy(), 1_500);
  });
}

test("addresses that are none end neither with 500 nor the process", async () => {
  for (const target of ["//", "///", "http://[", "*", "/%", "//[/graphql", "/download/%ff", "/assets/%zz"]) {
    assert.match(await raw(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`), /^4\d\d$/, target);
    await raw(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
  }
  assert.equal((await fetch(`${t.url}/health`)).status, 200);
});
