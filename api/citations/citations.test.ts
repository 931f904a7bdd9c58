import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { Wallet } from "ethers";
import { getNamedType, isObjectType, type GraphQLObjectType } from "graphql";
import { nodeBackend } from "../../crypto/backend/node.js";
import { fromHex, toHex } from "../../crypto/bytes.js";
import { leafHash } from "../../crypto/merkle/hashes.js";
import { merkleRoot } from "../../crypto/merkle/root.js";
import { ChainRpc } from "../../indexer/chain-rpc.js";
import { rebuild } from "../../indexer/rebuild-command.js";
import { packageRoot } from "../../platform/package-root.js";
import { Role } from "../../schema/market.js";
import { until } from "../../test/support/indexer-harness.js";
import { withApi, type Answer, type TestApi } from "../../test/support/with-api.js";
import { buildApiSchema } from "../build-schema.js";
import { ruleOf } from "../rules/enforce-rules.js";
import { canonicalQuery } from "./canonical-query.js";

const schema = buildApiSchema();
const provider = Wallet.createRandom();
let t: TestApi;
let token: string;
const listings: { id: string; metadataHash: string }[] = [];

interface Cited {
  id: string;
  url: string;
  block: { number: number; hash: string; time: string };
  query: string;
  variables: string;
  queryHash: string;
  resultHash: string;
  metadataRoot: string;
  metadataCount: number;
  metadataMissing: number;
  metadataHashes: { listingId: string; metadataHash: string }[] | null;
  text: string;
  bibtex: string;
  replay: { same: boolean; reasons: { difference: string; message: string; paths: string[] }[]; resultHash: string | null; result: string | null };
}
const fields = "id url block { number hash time } query variables queryHash resultHash metadataRoot metadataCount metadataMissing metadataHashes { listingId metadataHash } text bibtex replay { same reasons { difference message paths } resultHash result }";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const ask = (query: string, variables: object = {}, block?: number, by: string | undefined = token): Promise<Answer> => t.ask(`mutation($input: CiteInput!) { cite(input: $input) { ${fields} } }`, { input: { query, variables, ...(block === undefined ? {} : { block }) } }, by);
async function cite(query: string, variables?: object, block?: number): Promise<Cited> {
  const answer = await ask(query, variables, block);
  assert.deepEqual(answer.errors, [], query);
  return (answer.data as unknown as { cite: Cited }).cite;
}
/** As nobody: a citation is public. */
async function replay(id: string): Promise<Cited["replay"]> {
  const answer = await t.ask(`query($id: ID!) { citation(id: $id) { ${fields} } }`, { id });
  assert.deepEqual(answer.errors, []);
  return (answer.data as unknown as { citation: Cited }).citation.replay;
}
const finalized = async (): Promise<number> => ((await t.database.query("select finalized_height as height from chain_status")) as [{ height: number }])[0].height;
async function untilFinal(): Promise<void> {
  const { number } = (await t.provider.getBlock("latest"))!;
  await until(async () => (await finalized()) >= number, 20_000, `block ${number} is final`);
  t.api.deps.freshness.invalidate();
}

before(async () => {
  t = await withApi({ COST_LIMIT: "20000" });
  await t.accredit(provider, Role.PROVIDER);
  token = await t.signIn(provider);
  for (const price of [3_000_000n, 7_000_000n, 5_000_000n, 5_000_000n]) {
    const { listingId, terms } = await t.list(provider, { price });
    listings.push({ id: listingId, metadataHash: terms.metadataHash });
  }
  await untilFinal();
});
after(() => t.stop());

const everything = [
  `{ listings(first: 200, orderBy: [{ field: PRICE, direction: ASC }]) { totalCount nodes { id status price { decimal } metadata metadataStatus title participant { account roles } provenance { name payload } votes { id } purchases { id } } facets { status { value count } } pageInfo { hasNextPage } } }`,
  `{ cheap: listings(where: { price: { lte: "5000000" } }, first: 2) { nodes { id } } dear: listings(where: { price: { gt: "5000000" } }) { totalCount } }`,
  `{ listingAggregates(groupBy: [STATUS], bucket: { unit: YEAR, timeZone: "Europe/Berlin" }, percentiles: [10]) { block groups { status period count providers price { sum { amount } median { amount } percentiles { percentile value { amount } } } } } }`,
  `{ orders { totalCount nodes { id } } audits { totalCount } orderAggregates { groups { count } } auditAggregates { groups { count } } }`,
];

test("the chain goes on, forks above what is final, and the index is rebuilt: each citation replays to the same bytes", async () => {
  const cited: Cited[] = [];
  for (const query of everything) cited.push(await cite(query));
  for (const each of cited) {
    assert.equal(each.replay.same, true, JSON.stringify(each.replay.reasons));
    assert.equal(sha256(each.replay.result!), each.resultHash);
    assert.equal(sha256(`${each.query}\n${each.variables}`), each.queryHash);
  }
  assert.equal((JSON.parse(cited[0]!.replay.result!) as { listings: { totalCount: number } }).listings.totalCount, 4);

  await t.list(provider, { price: 1n });
  await t.provider.send("anvil_reorg", [1, []]);
  await t.list(provider, { price: 2n });
  await t.provider.send("anvil_mine", ["0x3"]);
  await untilFinal();
  assert.ok((await cite(everything[1]!)).metadataCount > cited[1]!.metadataCount, "there is more to cite now");
  for (const each of cited) assert.deepEqual(await replay(each.id), each.replay);

  const rpc = new ChainRpc(t.env["RPC_URL"]!);
  // A row that was lost is made again: what is asked after is what was there before.
  await t.database.query("delete from listing where id = $1", [listings[1]!.id]);
  assert.equal((await replay(cited[0]!.id)).same, false);
  await rebuild({ database: t.database, rpc, deployment: t.api.deps.market.deployment });
  rpc.close();
  for (const each of cited) assert.deepEqual(await replay(each.id), each.replay);
});

test("the same question in other words, of the same block, is the same citation", async () => {
  const block = await finalized();
  const [first, ...others] = await Promise.all([
    cite(`query Mine($p: BigInt!, $n: Int = 3) { listings(where: { price: { gte: $p } }, first: $n) { totalCount nodes { id status } } }`, { p: "4000000" }, block),
    cite(`# a comment\nquery Other($n: Int = 3, $p: BigInt!) {\n listings(first: $n, where: {price: {gte: $p}}) { nodes { status id } totalCount } }`, { p: "4000000", unused: "x" }, block),
  ]);
  for (const other of others) assert.deepEqual(other, first);
  assert.notEqual((await cite(first!.query, { p: "4000001" }, block)).id, first!.id);
});

test("what an answer rests on: all listings that its filters choose, under a Merkle root", async () => {
  const { metadataRoot, metadataCount, metadataMissing, metadataHashes, block } = await cite(`{ listings(where: { price: { gte: "5000000" } }, first: 1) { nodes { id } } }`);
  const chosen = listings.slice(1).sort((a, b) => (a.id < b.id ? -1 : 1));
  assert.deepEqual(metadataHashes, chosen.map(({ id: listingId, metadataHash }) => ({ listingId, metadataHash })));
  assert.deepEqual([metadataCount, metadataMissing], [3, 3]);
  assert.equal(metadataRoot, toHex(merkleRoot(nodeBackend, chosen.map(({ id, metadataHash }) => leafHash(nodeBackend, fromHex(id, 32), fromHex(metadataHash, 32))))));
  assert.equal(block.hash, (await t.provider.getBlock(block.number))!.hash);
});

test("a citation has a stable address, for machines and for lists of references", async () => {
  const { id, url, text, bibtex, resultHash, block } = await cite(everything[2]!);
  assert.equal(url, `${t.url}/citations/${id}`);
  const read = async (accept: string): Promise<string> => (await fetch(url, { headers: { accept } })).text();
  const json = JSON.parse(await read("application/json")) as Record<string, unknown>;
  assert.deepEqual([json["id"], json["resultHash"], json["url"], json["block"]], [id, resultHash, url, block]);
  assert.equal(await read("text/plain"), `${text}\n`);
  assert.equal(await read("application/x-bibtex"), bibtex);
  for (const part of [url, resultHash, block.hash, "listingAggregates"]) assert.ok(text.includes(part) && bibtex.includes(part), part);
  for (const unknown of ["0".repeat(32), "x", ""]) assert.equal((await fetch(`${t.url}/citations/${unknown}`)).status, 404);
});

test("the command line replays a citation, and checks the bytes against the hashes that were printed", async () => {
  const { id, url, resultHash } = await cite(everything[1]!);
  const galen = async (...args: string[]): Promise<Record<string, unknown>> =>
    JSON.parse((await promisify(execFile)(process.execPath, [join(packageRoot(), "dist/cli/galen.js"), "--json", "--api", t.url, "cite", ...args])).stdout) as Record<string, unknown>;
  assert.equal((await galen("show", id))["resultHash"], resultHash);
  const replayed = await galen("replay", url, "--result-hash", resultHash);
  assert.deepEqual([replayed["same"], replayed["resultHash"]], [true, resultHash]);
  await assert.rejects(galen("replay", id, "--result-hash", "00"), /another result was cited/);
});

test("only what is final can be cited, by whoever is signed in, at the cost of what is asked", async () => {
  const code = (answer: Answer): unknown => answer.errors[0]?.extensions.code;
  assert.equal(code(await ask(everything[3]!, {}, (await finalized()) + 100)), "NOT_READY");
  assert.equal(code(await ask(everything[3]!, {}, -1)), "BAD_INPUT");
  assert.equal(code(await t.ask(`mutation($input: CiteInput!) { cite(input: $input) { id } }`, { input: { query: everything[3] } })), "UNAUTHENTICATED");
  assert.equal(code(await ask(`{ listings(first: 200) { nodes { purchases(first: 200) { purchased { block } } } } }`)), "LIMIT_EXCEEDED");
  assert.equal(code(await ask(`{ listings { nodes { id } } } #${"x".repeat(20_000)}`)), undefined, "comments are not kept");
  assert.equal(code(await ask(`query($ids: [ID!]) { listings(where: { id: { in: $ids } }) { totalCount } }`, { ids: Array.from({ length: 300 }, (_, index) => `0x${String(index).padStart(64, "0")}`) })), "LIMIT_EXCEEDED");
});

test("what cannot be cited is refused with the reason", () => {
  for (const [query, why] of [
    ["{ me { account } }", /only listings/],
    ["mutation { signOut }", /only a query/],
    ["{ listings { nodes { tradable } } }", /told of now/],
    ["{ listings(where: { AND: [{ tradable: true }] }) { totalCount } }", /told of now/],
    ["query($where: ListingFilter) { listings(where: $where) { totalCount } }", /told of now/],
    ["{ listings(at: { block: 1 }) { totalCount } }", /own block/],
    ["{ orders(minBlock: 1) { totalCount } }", /own block/],
    ['{ listings(after: "x") { totalCount } }', /cursors/],
    ["{ listings { edges { cursor } } }", /cursors/],
    ['{ listings(search: { text: "x" }) { totalCount } }', /full-text/],
    ["{ listingAggregates { engine } }", /how the answer was computed/],
    ["{ listings { nodes { proof { word } } } }", /nodes forget/],
    ["{ __schema { types { name } } }", /cannot be cited/],
    ["{ orders { totalCount } } { audits { totalCount } }", /exactly one/],
    ["{ nothing }", /Cannot query field/],
    ["{", /Syntax Error/],
  ] as const) {
    assert.throws(() => canonicalQuery(schema, query, { where: { OR: [{ tradable: false }] } }), { code: "BAD_INPUT", message: why }, query);
  }
});

test("no field that only some may see, and no cursor, can be cited, wherever it stands", () => {
  let refused = 0;
  const walk = (type: GraphQLObjectType, path: readonly string[], above: readonly GraphQLObjectType[]): void => {
    for (const field of Object.values(type.getFields())) {
      const inner = getNamedType(field.type);
      const { admit, others } = ruleOf(type, field);
      const isCursor = /cursor$/i.test(field.name);
      if (isCursor || admit || others !== "error") {
        const query = `{ ${[...path, field.name].join(" { ")}${isObjectType(inner) ? " { __typename }" : ""}${" }".repeat(path.length)} }`;
        assert.throws(() => canonicalQuery(schema, query, {}), { code: "BAD_INPUT", message: isCursor ? /cursors end/ : /a citation is public/ }, query);
        refused += 1;
      } else if (isObjectType(inner) && !above.includes(inner)) walk(inner, [...path, field.name], [...above, type]);
    }
  };
  for (const root of ["listings", "orders", "audits"]) walk(getNamedType(schema.getQueryType()!.getFields()[root]!.type) as GraphQLObjectType, [root], []);
  assert.ok(refused >= 15, `${refused} ways were tried`);
});

test("a replay that differs names what changed", async () => {
  const { id } = await cite(`query($listings: [ID!]) { listings(where: { id: { in: $listings } }, orderBy: [{ field: PRICE, direction: ASC }]) { nodes { id metadataStatus price { amount } } } }`, { listings: listings.map(({ id }) => id) });
  const differences = async (): Promise<string[]> => (await replay(id)).reasons.map(({ difference }) => difference);
  const spoil = async (text: string, values: unknown[], undo: string, check: () => Promise<void>): Promise<void> => {
    await t.database.query(text, values);
    await check();
    await t.database.query(undo, values);
    assert.deepEqual(await differences(), []);
  };

  await spoil("update listing set price = price + 1 where id = $1", [listings[1]!.id], "update listing set price = price - 1 where id = $1", async () => {
    const { reasons, same, result } = await replay(id);
    assert.deepEqual(reasons.map(({ difference, paths }) => ({ difference, paths })), [{ difference: "RESULT_CHANGED", paths: ["listings.nodes[3]"] }]);
    assert.equal(same, false);
    assert.match(result!, /7000001/);
  });
  await spoil("insert into app.metadata (hash, body) values ($1, '{}')", [listings[0]!.metadataHash], "delete from app.metadata where hash = $1", async () => {
    assert.deepEqual(await differences(), ["METADATA_CHANGED", "RESULT_CHANGED"]);
  });
  await spoil("update app.citation set block_hash = reverse(block_hash) where id = $1", [id], "update app.citation set block_hash = reverse(block_hash) where id = $1", async () => {
    assert.deepEqual(await differences(), ["CHAIN_CHANGED"]);
  });
  await spoil("update app.citation set metadata_root = reverse(metadata_root) where id = $1", [id], "update app.citation set metadata_root = reverse(metadata_root) where id = $1", async () => {
    assert.deepEqual(await differences(), ["LISTINGS_CHANGED"]);
  });
  await spoil("update app.citation set query = replace(query, 'amount', 'worth') where id = $1", [id], "update app.citation set query = replace(query, 'worth', 'amount') where id = $1", async () => {
    const { reasons, result } = await replay(id);
    assert.deepEqual(reasons.map(({ difference }) => difference), ["SCHEMA_CHANGED"]);
    assert.match(reasons[0]!.message, /Cannot query field "worth"/);
    assert.equal(result, null);
  });
});
