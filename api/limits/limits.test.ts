import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { keccak256, toUtf8Bytes, Wallet } from "ethers";
import { createClient as createSocketClient } from "graphql-ws";
import { parse } from "graphql";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { request } from "node:http";
import { WebSocket } from "ws";
import { buildApiSchema } from "../build-schema.js";
import { withApi, type Answer, type TestApi } from "../../test/support/with-api.js";
import { Role } from "../../schema/market.js";
import { operationCost } from "./cost.js";
import { nodeCallCost } from "./costs.js";
import { operationLimits } from "./rules.js";

const schema = buildApiSchema();
const cost = (text: string, variables: Record<string, unknown> = {}): number => operationCost(schema, { document: parse(text), variables });

test("the cost follows from the sizes of pages, nested ones multiplied, before anything runs", () => {
  const flat = cost("{ listings(first: 10) { edges { node { id } } } }");
  assert.equal(cost("{ listings(first: 20) { edges { node { id } } } }") - 1, 2 * (flat - 1), "twice the page, twice the cost");
  assert.equal(cost("{ listings { edges { node { id } } } }"), cost("{ listings(first: 20) { edges { node { id } } } }"), "the size that is meant if none is given");
  assert.equal(cost("query($n: Int) { listings(first: $n) { edges { node { id } } } }", { n: 200 }), cost("{ listings(first: 200) { edges { node { id } } } }"));
  assert.ok(cost("{ listings(first: 50) { edges { node { orders { listing { id } } } } } }") > 10 * 50);
  assert.ok(cost("{ a: listings(first: 200) { edges { node { id } } } b: listings(first: 200) { edges { node { id } } } }") >= 2 * 200 * 2);
  assert.ok(cost("{ listings(first: -5) { edges { node { id } } } }") >= 200, "nonsense is not cheap");
});

let t: TestApi;
let folder: string;
const trusted = "query Trusted { chain { chainId } }";
const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "galen-limits-"));
  const file = join(folder, "documents.json");
  writeFileSync(file, JSON.stringify({ [hash(trusted)]: trusted }));
  t = await withApi({ COST_LIMIT: "2000", ANONYMOUS_BUDGET: "5000", CLIENT_BUDGET: "8000", TRUSTED_PROXIES: "1", TRUSTED_DOCUMENTS_FILE: file, CORS_ORIGINS: "https://portal.example" });
});
after(async () => {
  await t.stop();
  rmSync(folder, { recursive: true, force: true });
});

const code = (answer: Answer): string | undefined => answer.errors[0]?.extensions.code;

/** Asks as if from an address, through the one proxy that is trusted. */
async function from(address: string, query: string, options: { token?: string; variables?: object } = {}): Promise<Answer & { headers: Headers; cost: { estimated: number; left: number | null } | undefined }> {
  const headers = { "content-type": "application/json", "x-forwarded-for": address, ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }) };
  const response = await fetch(`${t.url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables: options.variables ?? {} }) });
  const body = (await response.json()) as Partial<Answer> & { extensions?: { cost?: { estimated: number; left: number | null } } };
  return { status: response.status, headers: response.headers, data: body.data, errors: body.errors ?? [], extensions: body.extensions, cost: body.extensions?.cost };
}
const page = (size: number): string => `{ listings(first: ${size}) { edges { node { id status votes { auditor } } } } }`;

test("an operation above the cost limit is refused with its cost and the limit; nothing of it runs", async () => {
  const { status, errors } = await from("10.0.0.1", page(200));
  assert.equal(status, 413);
  const { code: given, details } = errors[0]!.extensions;
  assert.deepEqual([given, details?.["limit"]], ["LIMIT_EXCEEDED", 2_000]);
  assert.equal(details?.["cost"], cost(page(200)));
});

test("each client has a budget a minute; who spent it is told its cost, the budget, and when there is a new one", async () => {
  const spend = async (address: string, token?: string): Promise<number> => {
    for (let times = 0; times < 50; times++) {
      const answer = await from(address, page(40), token === undefined ? {} : { token });
      if (answer.errors.length > 0) {
        const { code: given, details, retryable } = answer.errors[0]!.extensions;
        assert.deepEqual([answer.status, given, retryable, details?.["cost"]], [429, "RATE_LIMITED", true, cost(page(40))]);
        assert.equal(answer.headers.get("retry-after"), String(details?.["retryAfterSeconds"]));
        assert.equal(details?.["budget"], token === undefined ? 5_000 : 8_000);
        assert.ok(Number(details?.["left"]) < cost(page(40)));
        return times;
      }
      assert.equal(answer.cost?.estimated, cost(page(40)));
    }
    throw new Error("the budget had no end");
  };
  // A minute may end while it is spent: then once more as much.
  const whole = (budget: number): number => Math.floor(budget / cost(page(40)));
  assert.ok([1, 2].some((minutes) => minutes * whole(5_000) >= 1), "the figures make sense");
  const first = await spend("10.0.0.2");
  assert.ok(first >= whole(5_000) && first <= 2 * whole(5_000), `${first} of ${whole(5_000)}`);
  assert.equal(code(await from("10.0.0.3", page(40))), undefined, "another address has its own");
  const token = await t.signIn(Wallet.createRandom());
  const own = await spend("10.0.0.2", token);
  assert.ok(own >= whole(8_000) && own <= 2 * whole(8_000), "an account has its own, from any address");
});

test("budgets are kept while Redis is away", async () => {
  const { redis } = t.api.deps;
  redis.disconnect();
  for (let looks = 0; redis.status !== "end" && looks < 100; looks++) await new Promise((resolve) => setTimeout(resolve, 20));
  try {
    const answers: (string | undefined)[] = [];
    for (let times = 0; times < 2 * Math.ceil(5_000 / cost(page(40))) + 2; times++) answers.push(code(await from("10.0.0.4", page(40))));
    assert.equal(answers[0], undefined, "nobody is refused for a Redis that is away");
    assert.ok(answers.includes("RATE_LIMITED"), "and nobody has more for it");
  } finally {
    await redis.connect();
  }
});

test("what a key is used for is counted by day", async () => {
  const session = await t.signIn(Wallet.createRandom());
  const made = await from("10.0.0.5", 'mutation { createApiKey(input: {name: "counted"}) { secret apiKey { id } } }', { token: session });
  const { secret, apiKey } = (made.data as unknown as { createApiKey: { secret: string; apiKey: { id: string } } }).createApiKey;
  for (const text of ["{ chain { head } }", page(10), page(200)]) await from("10.0.0.5", text, { token: secret });
  const used = async (): Promise<{ requests: string; refused: string; cost: string }[]> =>
    ((await from("10.0.0.5", "query($id: ID!) { apiKeyUsage(id: $id) { day requests refused cost } }", { token: session, variables: { id: apiKey.id } })).data as unknown as { apiKeyUsage: never[] }).apiKeyUsage;
  for (let looks = 0; (await used()).length === 0 && looks < 50; looks++) await new Promise((resolve) => setTimeout(resolve, 100));
  const [day] = await used();
  assert.deepEqual([day?.requests, day?.refused, day?.cost], ["3", "1", String(cost("{ chain { head } }") + cost(page(10)))]);
});

test("breadth, fields, and lists are bounded, with fragments counted as often as they are spread", async () => {
  const bomb = `query { chain { ...a } } ${[..."abcdefgh"].map((name, index, all) => `fragment ${name} on Chain { ${all[index + 1] ? `...${all[index + 1]} `.repeat(8) : "head"} }`).join(" ")}`;
  assert.equal(code(await from("10.0.1.1", bomb)), "LIMIT_EXCEEDED", "16 million fields in nine lines");
  assert.equal(code(await from("10.0.1.1", `{ chain { ${"head ".repeat(201)} } }`)), "LIMIT_EXCEEDED");
  assert.equal(code(await from("10.0.1.1", `{ chain { ${"head ".repeat(199)} } }`)), undefined);
  const ids = Array.from({ length: 1_001 }, () => `0x${"11".repeat(32)}`);
  const text = "query($ids: [ID!]) { listings(where: {id: {in: $ids}}) { edges { node { id } } } }";
  assert.equal(code(await from("10.0.1.1", text, { variables: { ids } })), "LIMIT_EXCEEDED");
  assert.equal(code(await from("10.0.1.1", text, { variables: { ids: ids.slice(1) } })), undefined);
  assert.equal(code(await from("10.0.1.1", `{ pricePrediction(input: {kind: FHIR, purposes: [${"COMMERCIAL ".repeat(1_001)}]}) { modelHash } }`)), "LIMIT_EXCEEDED");
});

test("the same limits hold over WebSocket", async () => {
  const client = createSocketClient({ url: `${t.url.replace("http", "ws")}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
  const ask = (query: string): Promise<unknown> =>
    new Promise((resolve) => client.subscribe({ query }, { next: (answer) => resolve(answer), error: (errors) => resolve(errors), complete: () => undefined }));
  const refused = (await ask(page(200))) as { extensions: { code: string; details: { cost: number } } }[];
  assert.deepEqual([refused[0]?.extensions.code, refused[0]?.extensions.details.cost], ["LIMIT_EXCEEDED", cost(page(200))]);
  assert.ok("data" in ((await ask("{ chain { head } }")) as object));
  await client.dispose();
});

test("a statement ends when its time is over, and when the client goes away", async () => {
  const payouts = "{ payouts(first: 1) { edges { cursor } } }";
  const locks = t.database.createQueryRunner();
  await locks.connect();
  await locks.startTransaction();
  await locks.query("lock table withdrawal in access exclusive mode");
  const waiting = async (): Promise<number> =>
    ((await t.database.query("select count(*)::int as count from pg_stat_activity where application_name = 'galen-api' and wait_event_type = 'Lock'")) as { count: number }[])[0]!.count;
  const until = async (count: number): Promise<void> => {
    for (let looks = 0; (await waiting()) !== count; looks++) {
      assert.ok(looks < 100, `${await waiting()} statements wait`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  try {
    const gone = new AbortController();
    const asked = fetch(`${t.url}/graphql`, { method: "POST", signal: gone.signal, headers: { "content-type": "application/json", "x-forwarded-for": "10.0.2.1" }, body: JSON.stringify({ query: payouts }) });
    await until(1);
    gone.abort();
    await assert.rejects(asked);
    await until(0);
    assert.equal(code(await from("10.0.2.2", "{ chain { head } }")), undefined, "its connection serves others");
    const late = await from("10.0.2.2", payouts);
    assert.equal(code(late), "LIMIT_EXCEEDED", "15 s are over");
  } finally {
    await locks.rollbackTransaction();
    await locks.release();
  }
  assert.equal(code(await from("10.0.2.3", payouts)), undefined);
});

test("automatic persisted queries: a hash is unknown until its text was sent once", async () => {
  const query = "{ chain { head chainId } }";
  const send = async (body: object): Promise<Answer> => {
    const response = await fetch(`${t.url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const answer = (await response.json()) as Partial<Answer>;
    return { status: response.status, data: answer.data, errors: answer.errors ?? [], extensions: answer.extensions };
  };
  const extensions = { persistedQuery: { version: 1, sha256Hash: hash(query) } };
  const unknown = await send({ extensions });
  assert.deepEqual([code(unknown), unknown.errors[0]?.message], ["DOCUMENT_UNKNOWN", "PersistedQueryNotFound"]);
  assert.deepEqual((await send({ query, extensions })).errors, []);
  assert.deepEqual((await send({ extensions })).errors, []);
  assert.equal(code(await send({ query: "{ me { account } }", extensions })), "BAD_INPUT", "a text with another hash");
  const got = await fetch(`${t.url}/graphql?extensions=${encodeURIComponent(JSON.stringify(extensions))}`);
  assert.equal(got.status, 200, "by GET, so that proxies can keep it");
});

test("trusted documents are known by their hash from the start", async () => {
  const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash(trusted) } });
  for (const asked of [fetch(`${t.url}/graphql?extensions=${encodeURIComponent(extensions)}`), fetch(`${t.url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: `{"extensions":${extensions}}` })]) {
    assert.deepEqual(((await (await asked).json()) as Answer).data, { chain: { chainId: 31337 } });
  }
});

test("answers are encoded as the client takes them", async () => {
  const get = (path: string, encoding: string): Promise<{ encoding: string | undefined; body: Buffer }> =>
    new Promise((resolve, reject) => {
      request(`${t.url}${path}`, { headers: { "accept-encoding": encoding } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => resolve({ encoding: response.headers["content-encoding"], body: Buffer.concat(chunks) }));
      }).on("error", reject).end();
    });
  const plain = await get("/schema.graphql", "");
  assert.equal(plain.encoding, undefined);
  assert.ok(plain.body.toString().includes("type Query"));
  for (const [accepted, encoding, decode] of [["gzip, br", "br", brotliDecompressSync], ["gzip", "gzip", gunzipSync], ["br;q=0, *", "gzip", gunzipSync]] as const) {
    const answer = await get("/schema.graphql", accepted);
    assert.equal(answer.encoding, encoding);
    assert.ok(answer.body.length * 3 < plain.body.length);
    assert.ok(decode(answer.body).equals(plain.body));
  }
  const introspection = encodeURIComponent("{ __schema { types { name description } } }");
  assert.equal((await get(`/graphql?query=${introspection}`, "br")).encoding, "br");
  assert.equal((await get(`/graphql?query=${encodeURIComponent("{ chain { head } }")}`, "br")).encoding, undefined, "too short to be worth it");
});

test("only the pages of sites that were named may read answers", async () => {
  const allowed = async (origin: string): Promise<string | null> => (await fetch(`${t.url}/graphql?query={chain{head}}`, { headers: { origin } })).headers.get("access-control-allow-origin");
  assert.deepEqual([await allowed("https://portal.example"), await allowed("https://evil.example")], ["https://portal.example", null]);
  const preflight = await fetch(`${t.url}/graphql`, { method: "OPTIONS", headers: { origin: "https://portal.example", "access-control-request-method": "POST" } });
  assert.deepEqual([preflight.status, preflight.headers.get("access-control-allow-origin")], [204, "https://portal.example"]);
});

test("what calls the chain's node for each row costs so", () => {
  const rows = (field: string): number => cost(`{ listings(first: 10) { nodes { ${field} } } }`) - cost("{ listings(first: 10) { nodes { id } } }");
  assert.deepEqual([rows("proof { word }"), rows("blockCertificate { hash }")], [10 * (2 * nodeCallCost + 1), 10 * (nodeCallCost + 1)]);
});

test("an answer has at most 16 MB: more is refused, and the next one is answered", async () => {
  const provider = Wallet.createRandom();
  await t.accredit(provider, Role.PROVIDER);
  const { listingId } = await t.list(provider);
  const body = JSON.stringify({ note: "x".repeat(100_000) });
  const hashed = keccak256(toUtf8Bytes(body));
  await t.database.query("insert into app.metadata (hash, body) values ($1, $2)", [hashed, body]);
  const names = "from information_schema.columns where table_schema = 'public' and table_name = 'listing' and column_name not in ('id', 'metadata_hash')";
  const [{ columns }] = (await t.database.query(`select string_agg(column_name, ', ') as columns ${names}`)) as [{ columns: string }];
  const count = Math.ceil(operationLimits.answerBytes / body.length) + 1;
  await t.database.query(`insert into listing (id, metadata_hash, ${columns}) select '0x' || encode(sha256(n::text::bytea), 'hex'), $2, ${columns} from listing, generate_series(1, $3) n where id = $1`, [listingId, hashed, count]);
  const ask = (first: number): Promise<Answer> => from("10.0.0.16", `query($hash: ID!) { listings(first: ${first}, where: { metadataHash: { eq: $hash } }) { nodes { metadata } } }`, { variables: { hash: hashed } });
  const { status, data, errors } = await ask(count);
  assert.deepEqual([status, data ?? null, errors[0]?.extensions.code, errors[0]?.extensions.details], [413, null, "LIMIT_EXCEEDED", { limit: operationLimits.answerBytes }]);
  const { data: less, errors: none } = await ask(2);
  assert.deepEqual(none, []);
  assert.equal((less as unknown as { listings: { nodes: unknown[] } }).listings.nodes.length, 2);
});
