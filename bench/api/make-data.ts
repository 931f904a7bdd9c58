import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createKeccak } from "hash-wasm";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { connectDatabase } from "../../platform/database/connect.js";
import { migrate, readMigrations } from "../../platform/database/migrate.js";
import { packageRoot } from "../../platform/package-root.js";
import { seededRandom } from "../../test/support/generated-logs.js";

const words = {
  first: ["Longitudinal", "Annotated", "Deidentified", "Multicenter", "Curated", "Synthetic", "Rare", "Pediatric"],
  disease: ["glioma", "melanoma", "diabetes", "arrhythmia", "sepsis", "asthma", "copd", "stroke", "leukemia", "alzheimer", "fibrosis", "psoriasis", "epilepsy", "nephritis", "anemia", "hepatitis", "lupus", "obesity", "cataract", "scoliosis"],
  kind: ["mri", "ct", "genome", "exome", "ecg", "notes", "labs", "slides"],
  set: ["cohort", "registry", "panel", "biobank", "trial", "archive"],
} as const;
const modalities = ["LABORATORY", "VITAL_SIGNS", "CONDITIONS", "MEDICATIONS", "IMAGING:MR", "IMAGING:PT"];
const codes = ["E11", "I10", "J45", "C71", "G40", "N18"];

/** Nothing of the bench's data must outlive a crash: it is made again. */
const settings = "set statement_timeout = 0; set synchronous_commit = off; set maintenance_work_mem = '512MB'; set work_mem = '128MB'; set max_parallel_maintenance_workers = 2";

const sql = (name: string): string => readFileSync(join(packageRoot(), "bench", "api", name), "utf8");

/**
 * Fills a database with the bench's data, unless it holds it already: making it takes minutes.
 * @returns whether it was made now.
 */
export async function makeData(url: string, count: number): Promise<boolean> {
  const [generate, peers] = [sql("generate.sql"), sql("peers.sql")];
  const made = createHash("sha256").update(JSON.stringify([generate, peers, count, words, modalities, codes, readMigrations()])).digest("hex");
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ made: string }>("select made from bench_made").catch(() => ({ rows: [] as { made: string }[] }));
    if (rows[0]?.made === made) return false;
    await client.query(`${settings}; drop schema if exists peer cascade; drop schema if exists app cascade; drop schema public cascade; create schema public`);
    const database = await connectDatabase({ url, service: "bench" });
    await migrate(database);
    await database.destroy();
    process.stderr.write(`making ${count} listings…\n`);
    const indexes = await setAside(client, ["app.metadata_document", "public.participant", "public.listing", "public.vote", "public.trade_order", "app.listing_search"]);
    await client.query("alter table public.listing disable trigger user");
    await timed("metadata", () => loadMetadata(client, count));
    await timed("documents of the metadata", () => describeMetadata(url, client, count));
    await run(client, generate, count);
    await client.query("alter table public.listing enable trigger user");
    await timed("listings as they are searched", () => client.query("select app.fill_listing_search()"));
    await inLanes(url, indexes);
    await run(client, peers, count);
    await client.query("create table bench_made (made text)");
    await client.query("insert into bench_made values ($1)", [made]);
    return true;
  } finally {
    await client.end();
  }
}

/** Indexes are made when the rows are there: keeping hashes in order row by row takes several times as long. @returns their definitions. */
async function setAside(client: pg.Client, tables: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    "select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i where i.indrelid = any($1::regclass[]) and not exists (select from pg_constraint c where c.conindid = i.indexrelid)",
    [tables],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map(({ definition }) => definition);
}

/** Statements that need not wait for each other, over as many connections as there are cores. */
async function inLanes(url: string, statements: readonly string[]): Promise<void> {
  const waiting = [...statements];
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const client = new pg.Client(url);
      await client.connect();
      try {
        await client.query(settings);
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const statement = next;
          await timed(statement, () => client.query(statement));
        }
      } finally {
        await client.end();
      }
    }),
  );
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  if (seconds > 5) process.stderr.write(`  ${Math.round(seconds)} s ${what.trim().split("\n")[0]!.slice(0, 100)}\n`);
}

async function run(client: pg.Client, text: string, count: number): Promise<void> {
  for (const each of text.split(/^--$/m)) {
    const statement = each.replaceAll(":count", String(count));
    await timed(statement, () => client.query(statement));
  }
}

/** Metadata as the worker writes it, hashed as the chain has it. */
async function loadMetadata(client: pg.Client, count: number): Promise<void> {
  const keccak = await createKeccak(256);
  const random = seededRandom(42);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  function* lines(): Generator<string> {
    for (let i = 1; i <= count; i++) {
      const title = `${pick(words.first)} ${pick(words.disease)} ${pick(words.kind)} ${pick(words.set)} ${i % 9973}`;
      const body = JSON.stringify({
        format: "FHIR_JSON",
        profile: { modalities: [pick(modalities), pick(modalities)], patientCount: 5 + random(5000), recordCount: 5 + random(100_000), topConditions: [{ code: pick(codes), count: 5 + random(500), system: "http://hl7.org/fhir/sid/icd-10" }] },
        title,
        version: 1,
      });
      keccak.init();
      // Neither tab, line feed nor backslash is in it.
      yield `${i}\t0x${keccak.update(body).digest("hex")}\t${body}\n`;
    }
  }
  await client.query("create unlogged table bench_metadata (i integer primary key, hash text not null, body text not null)");
  await pipeline(Readable.from(batches(lines())), client.query(copyFrom("copy bench_metadata from stdin")));
  await client.query("alter table app.metadata disable trigger metadata_document");
  await client.query("insert into app.metadata (hash, body) select hash, body from bench_metadata");
  await client.query("alter table app.metadata enable trigger metadata_document");
}

/** The trigger's work in bulk: it would take one statement a row. What several expressions share is made once a row (offset 0 keeps the steps apart). */
async function describeMetadata(url: string, client: pg.Client, count: number): Promise<void> {
  const pieces = Array.from({ length: 8 }, (_unused, piece) => [Math.floor((count * piece) / 8), Math.floor((count * (piece + 1)) / 8)] as const);
  await inLanes(
    url,
    pieces.map(
      ([from, to]) => `insert into app.metadata_document (hash, title, format, modalities, conditions, record_count, patient_count, words, document)
    select hash, title, 'FHIR_JSON', kinds, conditions, (b #>> '{profile,recordCount}')::int, (b #>> '{profile,patientCount}')::int, title || '; ' || rest, app.search_document(title, rest)
    from (select *, concat_ws('; ', 'FHIR JSON', translate(array_to_string(kinds, '; '), '_:', '  '), array_to_string(conditions, '; ')) as rest
      from (select hash, b, b ->> 'title' as title, app.texts_in(b #> '{profile,modalities}', '') as kinds, app.texts_in(b #> '{profile,topConditions}', 'code') as conditions
        from (select hash, body::jsonb as b from bench_metadata where i > ${from} and i <= ${to} offset 0) parsed offset 0) named offset 0) described`,
    ),
  );
  await checkDocuments(client);
}

/** The shortcut must make what the trigger makes. */
async function checkDocuments(client: pg.Client): Promise<void> {
  const differences = `with again as (select * from app.metadata_document where hash < '0x0001')
    select count(*)::int as n from again where to_jsonb(again) - 'number' is distinct from (select document - 'number' from made where made.hash = again.hash)`;
  await client.query("begin");
  await client.query("create temp table made on commit drop as select hash, to_jsonb(d) as document from app.metadata_document d where hash < '0x0001'");
  await client.query("update app.metadata set body = body where hash < '0x0001'");
  const { rows } = await client.query<{ n: number }>(differences);
  await client.query("rollback");
  if (rows[0]?.n !== 0) throw new Error(`${rows[0]?.n} documents differ from the trigger's.`);
}

/** Lines in pieces of some 64 kB: a piece for each line costs more than the line. */
function* batches(lines: Iterable<string>): Generator<Buffer> {
  let held: string[] = [];
  for (const line of lines) {
    held.push(line);
    if (held.length < 150) continue;
    yield Buffer.from(held.join(""));
    held = [];
  }
  if (held.length > 0) yield Buffer.from(held.join(""));
}
