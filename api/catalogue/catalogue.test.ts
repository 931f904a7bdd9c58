import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { keccak256, toUtf8Bytes, Wallet } from "ethers";
import { Parser, Store, type Quad } from "n3";
import Validator from "rdf-validate-shacl";
import { readCatalogue } from "../../client/read-catalogue.js";
import { packageRoot } from "../../platform/package-root.js";
import { Role } from "../../schema/market.js";
import { until } from "../../test/support/indexer-harness.js";
import { withApi, type TestApi } from "../../test/support/with-api.js";
import { pageSize } from "./read-datasets.js";

const jsonld = createRequire(import.meta.url)("jsonld") as { toRDF(document: object, options: object): Promise<string> };
const shapes = new Parser().parse(readFileSync(join(packageRoot(), "api/catalogue/mandatory.shapes.ttl"), "utf8"));
const provider = Wallet.createRandom();
const payee = Wallet.createRandom().address.toLowerCase();
const metadata = JSON.stringify({
  version: 1,
  title: 'FHIR bundle: "laboratory", conditions',
  format: "FHIR_JSON",
  profile: { recordCount: 12_345, patientCount: 678, modalities: ["LABORATORY", "IMAGING:MR"], codeSystems: [{ name: "http://loinc.org", count: 99 }, { name: "not an <address>", count: 9 }], spanYears: 3.2, newestYear: 2024 },
});
let t: TestApi;
/** named: with metadata; bare: without; anonymous: without a name. Others must not be there. */
let ids: Record<"named" | "bare" | "anonymous" | "pending" | "stopped", string>;

before(async () => {
  t = await withApi({ HEALTH_DATA_ACCESS_BODY: "Example Health Data Agency" });
  await t.accredit(provider, Role.PROVIDER);
  const listed: string[] = [];
  for (const price of [2_500_500_000n, 3n, 4n, 5n, 6n]) listed.push((await t.list(provider, { price })).listingId);
  const [named, bare, anonymous, pending, stopped] = listed as [string, string, string, string, string];
  ids = { named, bare, anonymous, pending, stopped };
  // As the indexer and the workers would have written it once auditors approved and the patient withdrew.
  const hash = keccak256(toUtf8Bytes(metadata));
  await t.database.query("insert into app.metadata (hash, body) values ($1, $2)", [hash, metadata]);
  await t.database.query("update listing set status = 'APPROVED' where id <> $1", [pending]);
  await t.database.query("update listing set metadata_hash = $2 where id = $1", [named, hash]);
  await t.database.query("update listing set provider = null, payee = $2 where id = $1", [anonymous, payee]);
  await t.database.query(
    `insert into app.upload (owner, status, size, region, payee, anonymous, legal_basis, legal_evidence_hash, suite, listing_id, stopped_at)
     values ($1, 'SUBMITTED', 1, 276, $1, false, 'secret legal basis', '0x', 'x', $2, now()), ($1, 'SUBMITTED', 1, 276, $1, true, 'secret legal basis', '0x', 'x', $3, null)`,
    [provider.address.toLowerCase(), stopped, anonymous],
  );
  const { number } = (await t.provider.getBlock("latest"))!;
  await until(async () => ((await t.database.query("select finalized_height as height from chain_status")) as [{ height: number }])[0].height >= number, 20_000, `block ${number} is final`);
});
after(() => t.stop());

const get = async (path: string, headers: Record<string, string> = {}): Promise<{ response: Response; body: string }> => {
  const response = await fetch(path.startsWith("http") ? path : `${t.url}${path}`, { headers });
  return { response, body: await response.text() };
};
const fromTurtle = (text: string): Quad[] => new Parser().parse(text);
const fromJsonLd = async (text: string): Promise<Quad[]> => new Parser({ format: "N-Quads" }).parse(await jsonld.toRDF(JSON.parse(text) as object, { format: "application/n-quads" }));
const lines = (quads: readonly Quad[]): string[] => quads.map(({ subject, predicate, object }) => [subject.id, predicate.id, object.id].join(" ")).sort();
const validate = async (quads: readonly Quad[]): Promise<string[]> => (await new Validator(new Store(shapes)).validate(new Store([...quads]))).results.map(({ focusNode, path, message }) => `${focusNode?.value} ${path?.value}: ${message.map(({ value }) => value).join()}`);
const subjects = (quads: readonly Quad[], type: string): string[] => quads.filter(({ predicate, object }) => predicate.value.endsWith("#type") && object.value.endsWith(type)).map(({ subject }) => subject.value);

test("both forms are one graph, and hold all that DCAT-AP and HealthDCAT-AP demand", async () => {
  const { body: turtle } = await get("/catalog.ttl");
  const { body: json } = await get("/catalog.jsonld");
  const quads = fromTurtle(turtle);
  // Only the address of the page itself names its form.
  assert.deepEqual(lines(await fromJsonLd(json.replaceAll("/catalog.jsonld?", "/catalog.ttl?"))), lines(quads));
  assert.deepEqual(await validate(quads), []);
  assert.deepEqual(await validate(await fromJsonLd(json)), []);
  assert.deepEqual(subjects(quads, "#Dataset").sort(), ["named", "bare", "anonymous"].map((name) => `${t.url}/catalog/datasets/${ids[name as keyof typeof ids]}`).sort());
});

test("the shapes see what is missing", async () => {
  const quads = fromTurtle((await get("/catalog.ttl")).body);
  for (const [predicate, type] of [["title", "Dataset"], ["publisher", "Catalog"], ["accessURL", "Distribution"], ["hdab", "Dataset"], ["name", "Agent"], ["healthCategory", "Dataset"]] as const) {
    const [subject] = subjects(quads, type);
    const spoilt = quads.filter((quad) => !(quad.subject.value === subject && quad.predicate.value.endsWith(predicate)));
    assert.ok(spoilt.length < quads.length && (await validate(spoilt)).length > 0, `${type} without ${predicate}`);
  }
});

test("a data set tells what it is, and how large only roughly; an anonymous one tells nobody's name", async () => {
  const { body, response } = await get(`/catalog/datasets/${ids.named}`, { accept: "application/ld+json" });
  assert.match(response.headers.get("content-type") ?? "", /^application\/ld\+json/);
  const graph = (JSON.parse(body) as { "@graph": Record<string, { "@value"?: string; "@id"?: string }[]>[] })["@graph"];
  const dataset = graph.find((each) => JSON.stringify(each["@type"]) === '["dcat:Dataset"]')!;
  assert.equal(dataset["healthdcatap:numberOfRecords"]![0]!["@value"], "12000");
  assert.equal(dataset["healthdcatap:numberOfUniqueIndividuals"]![0]!["@value"], "680");
  assert.deepEqual(dataset["healthdcatap:hasCodingSystem"], [{ "@id": "http://loinc.org" }]);
  const text = JSON.stringify(graph);
  for (const told of ["Germany", "2500.500000", "Example Health Data Agency", '"2020"', '"2024"', "http://purl.obolibrary.org/obo/DUO_0000042", "application/fhir+json", provider.address.toLowerCase()]) assert.ok(text.includes(told), told);

  const anonymous = (await get(`/catalog/datasets/${ids.anonymous}`)).body;
  const all = (await get("/catalog.ttl")).body;
  for (const secret of [provider.address.toLowerCase(), payee, "secret legal basis"]) assert.ok(!anonymous.includes(secret), secret);
  for (const secret of [payee, "secret legal basis", ids.pending, ids.stopped]) assert.ok(!all.includes(secret), secret);
  for (const id of [ids.pending, ids.stopped, `0x${"0".repeat(64)}`, "x"]) assert.equal((await get(`/catalog/datasets/${id}`)).response.status, 404, id);
});

test("anyone may ask for a cohort and a sample; both come from the published metadata alone", async () => {
  const ask = async (id: string): Promise<Record<string, unknown>> => {
    const { data, errors } = await t.ask(
      '{ listing(id: "' + id + '") { all: cohortCount { status atLeast below } people: cohortCount(where: { unit: PATIENTS }) { status atLeast below } mr: cohortCount(where: { modality: "IMAGING:MR" }) { status } sample { listingId synthetic rows } } }',
    );
    assert.deepEqual(errors, []);
    return (data as unknown as { listing: Record<string, unknown> }).listing;
  };
  const { sample, ...counts } = await ask(ids.named);
  assert.deepEqual(counts, { all: { status: "COUNTED", atLeast: 10_000, below: 20_000 }, people: { status: "COUNTED", atLeast: 500, below: 1_000 }, mr: { status: "PRESENT" } });
  const { listingId, synthetic, rows } = sample as { listingId: string; synthetic: boolean; rows: { synthetic: boolean; modality: string }[] };
  assert.deepEqual([listingId, synthetic, rows.length], [ids.named, true, 10]);
  assert.ok(rows.every((row) => row.synthetic && ["LABORATORY", "IMAGING:MR"].includes(row.modality)));
  assert.deepEqual((await ask(ids.bare))["all"], { status: "UNANSWERABLE", atLeast: null, below: null });
});

test("forms are chosen by ending and by Accept, and an unchanged catalogue is not sent again", async () => {
  const type = async (path: string, accept?: string): Promise<string> => (await get(path, accept === undefined ? {} : { accept })).response.headers.get("content-type") ?? "";
  assert.match(await type("/catalog"), /^text\/turtle/);
  assert.match(await type("/catalog", "text/html, application/ld+json;q=0.9, text/turtle;q=0.5"), /^application\/ld\+json/);
  assert.match(await type("/catalog", "text/turtle"), /^text\/turtle/);
  assert.match(await type("/catalog.jsonld", "text/turtle"), /^application\/ld\+json/);
  const { response } = await get("/catalog.ttl");
  const etag = response.headers.get("etag")!;
  assert.ok(Date.parse(response.headers.get("last-modified")!) > 0);
  // Blocks without an event change nothing.
  await t.provider.send("anvil_mine", ["0x4"]);
  assert.equal((await get("/catalog.ttl", { "if-none-match": etag })).response.status, 304);
  await t.database.query("update listing set price = price + 1 where id = $1", [ids.bare]);
  assert.equal((await get("/catalog.ttl", { "if-none-match": etag })).response.status, 200);
  for (const path of ["/catalog?block=x", "/catalog?after=1", "/catalog?block=-1"]) assert.equal((await get(path)).response.status, 400, path);
});

test("a large catalogue is read page by page, each of the same block, without loss or repetition", async () => {
  const { columns } = ((await t.database.query("select string_agg(column_name, ', ') as columns from information_schema.columns where table_schema = 'public' and table_name = 'listing' and column_name <> 'id'")) as [{ columns: string }])[0];
  const more = pageSize * 2;
  await t.database.query(`insert into listing (id, ${columns}) select '0x' || encode(sha256(n::text::bytea), 'hex'), ${columns} from listing, generate_series(1, $2) n where id = $1`, [ids.named, more]);
  const seen: string[] = [];
  const blocks = new Set<string | null>();
  let next: string | undefined = "/catalog.ttl";
  for (let pages = 0; next !== undefined; pages++) {
    assert.ok(pages < 4);
    const quads = fromTurtle((await get(next)).body);
    seen.push(...subjects(quads, "#Dataset"));
    const object = (name: string): string | undefined => quads.find(({ predicate }) => predicate.value.endsWith(`core#${name}`))?.object.value;
    assert.equal(object("totalItems"), String(more + 3));
    blocks.add(new URL(object("first")!).searchParams.get("block"));
    next = object("next");
  }
  assert.deepEqual([seen.length, new Set(seen).size, blocks.size], [more + 3, more + 3, 1]);
  const whole = await readCatalogue({ apiUrl: t.url });
  const catalogue = whole["@graph"].find((each) => each["@type"].includes("dcat:Catalog"))!;
  assert.deepEqual(((catalogue["dcat:dataset"] as { "@id": string }[]).map((each) => each["@id"])), seen);
  assert.equal(whole["@graph"].filter((each) => each["@type"].includes("dcat:Dataset")).length, more + 3);
});
