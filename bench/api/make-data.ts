import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
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
    await client.query("set statement_timeout = 0; set maintenance_work_mem = '512MB'; drop schema if exists peer cascade; drop schema if exists app cascade; drop schema public cascade; create schema public");
    const database = await connectDatabase({ url, service: "bench" });
    await migrate(database);
    await database.destroy();
    process.stderr.write(`making ${count} listings…\n`);
    await loadMetadata(client, count);
    await run(client, generate, count);
    await run(client, peers, count);
    await client.query("create table bench_made (made text)");
    await client.query("insert into bench_made values ($1)", [made]);
    return true;
  } finally {
    await client.end();
  }
}

async function run(client: pg.Client, text: string, count: number): Promise<void> {
  for (const statement of text.split(/^--$/m)) {
    const began = performance.now();
    await client.query(statement.replaceAll(":count", String(count)));
    const seconds = (performance.now() - began) / 1000;
    if (seconds > 5) process.stderr.write(`  ${Math.round(seconds)} s ${statement.trim().split("\n")[0]!.slice(0, 80)}\n`);
  }
}

/** Metadata as the worker writes it, hashed as the chain has it. The trigger's work is done in bulk: it would take one statement a row. */
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
  await client.query("drop index app.metadata_document_search, app.metadata_document_modalities, app.metadata_document_conditions");
  await client.query(`insert into app.metadata_document (hash, title, format, modalities, conditions, record_count, patient_count, words, document)
    select hash, title, 'FHIR_JSON', kinds, conditions, (b #>> '{profile,recordCount}')::int, (b #>> '{profile,patientCount}')::int, title || '; ' || rest, app.search_document(title, rest)
    from (select *, concat_ws('; ', 'FHIR JSON', translate(array_to_string(kinds, '; '), '_:', '  '), array_to_string(conditions, '; ')) as rest
      from (select hash, b, b ->> 'title' as title, app.texts_in(b #> '{profile,modalities}', '') as kinds, app.texts_in(b #> '{profile,topConditions}', 'code') as conditions
        from (select hash, body::jsonb as b from bench_metadata) parsed) named) described`);
  await client.query("create index metadata_document_search on app.metadata_document using gin (document)");
  await client.query("create index metadata_document_modalities on app.metadata_document using gin (modalities)");
  await client.query("create index metadata_document_conditions on app.metadata_document using gin (conditions)");
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
