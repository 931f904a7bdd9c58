import { randomBytes, randomUUID } from "node:crypto";
import type { DataSource } from "typeorm";
import { nodeBackend as backend } from "../../crypto/backend/node.js";
import { sealEvidence } from "../../crypto/legal-evidence.js";
import { newStagingKey } from "../../crypto/sealed-staging.js";
import { wrapStagingKey } from "../../crypto/staging-key.js";
import { single } from "../../platform/objects/single.js";
import { stagedEvidence } from "../../platform/objects/staging-folder.js";
import { collect } from "../../records/index.js";
import { LegalEvidence } from "../../schema/entities/legal-evidence.js";
import { Upload } from "../../schema/entities/upload.js";
import { IndexerProcess } from "../../test/support/indexer-process.js";
import { table } from "../../test/support/workers/samples.js";
import { testStack, type TestStack } from "../../test/support/workers/test-stack.js";
import { until, workerProcess } from "../../test/support/workers/worker-process.js";
import { openStagedObject, stagedObject } from "../../workers/staging.js";
import { cpuTime } from "../api/cpu-time.js";
import { signConsents } from "./sign-consents.js";

/** Who spends processor time on a trade; the bench itself, which plays the providers, is none of them. */
export const spenders = ["workers", "postgres", "redis", "anvil", "indexer"] as const;

export interface Soak {
  readonly trades: number;
  /** On the clock, from the moment when all were in the queue until the last listing was mined, in seconds. */
  readonly seconds: number;
  /** Processor time of one trade, in ms. */
  readonly cpuMs: Readonly<Record<(typeof spenders)[number], number>>;
}

/** Uploads that are written in one statement, and staged at once. */
const batch = 100;
/** A run that moves nothing for this long has failed, in ms. */
const patienceMs = 60_000;

/**
 * Trades through encrypt → store → consent → publish on real services (Postgres that syncs, Redis with its file, anvil, a folder of objects), one workers process and an
 * indexer. Each record is staged as `check` and `price` leave it; each has keys of its own.
 * @param sizes - how many are in the queue at once, one after the other on the same stack
 * @param bytes - of one record, about
 * @param flags - of Node for the workers, e.g. `--cpu-prof`
 */
export async function soak(sizes: readonly number[], bytes: number, onDone: (result: Soak) => void, flags: readonly string[] = []): Promise<void> {
  const stack = await testStack({ durable: true });
  const indexer = new IndexerProcess({ databaseUrl: stack.env["DATABASE_URL"]!, rpcUrl: stack.env["RPC_URL"]!, deployment: stack.deployment, finalityDepth: 2, pollIntervalMs: 50 });
  const workers = await workerProcess({ ...stack.env, LOG_LEVEL: "warn" }, true, flags);
  const pids = { ...stack.pids, workers: workers.child.pid!, indexer: indexer.pid };
  const spent = (): Record<string, number> => Object.fromEntries(spenders.map((name) => [name, cpuTime(pids[name], name === "postgres")]));
  try {
    const sample = await pricedSample(stack, bytes);
    for (const trades of sizes) {
      const ids = await stage(stack, sample, trades);
      const before = spent();
      const start = performance.now();
      await release(stack.database, ids);
      await publishAll(stack, trades);
      const seconds = (performance.now() - start) / 1000;
      const after = spent();
      onDone({ trades, seconds, cpuMs: Object.fromEntries(spenders.map((name) => [name, (after[name]! - before[name]!) / 1000 / trades])) as Soak["cpuMs"] });
    }
  } catch (error) {
    throw new Error(`The soak failed; the workers' last words:\n${workers.output().slice(-2_000)}`, { cause: error });
  } finally {
    await workers.stop();
    await indexer.end("SIGTERM");
    await stack.stop();
  }
}

interface Sample {
  readonly upload: Upload;
  /** The de-identified file. */
  readonly plain: Uint8Array;
}

/** One real record, taken through ingest, de-identification, checks and price by the workers themselves. */
async function pricedSample(stack: TestStack, bytes: number): Promise<Sample> {
  const line = table(1).length - table(0).length;
  const id = await stack.receive(table(Math.ceil(bytes / line)));
  await stack.database.query("update app.upload set review = true where id = $1", [id]);
  const checked = await until("the sample to be checked", async () => {
    const upload = await stack.upload(id);
    return upload.status === "CHECKED" && upload;
  }, patienceMs);
  const plain = await collect(await openStagedObject(stack.deps.objects, stack.deps.stagingKey, checked, checked.objectKey!));
  await stack.database.query("update app.upload set approved_sha256 = deidentified_sha256 where id = $1", [id]);
  return { plain, upload: await until("the sample to be priced", async () => {
    const upload = await stack.upload(id);
    return upload.prediction !== null && upload;
  }, patienceMs) };
}

/** Writes uploads as they stand before encryption, held back. */
async function stage({ deps: { objects, stagingKey }, database, provider1 }: TestStack, { upload: sample, plain }: Sample, count: number): Promise<string[]> {
  const all: string[] = [];
  for (let done = 0; done < count; done += batch) {
    const made = await Promise.all(
      Array.from({ length: Math.min(batch, count - done) }, async () => {
        const id = randomUUID();
        const evidence = sealEvidence(backend, Buffer.from("The patients' consent"));
        const wrapped = Buffer.from(wrapStagingKey(backend, stagingKey, id, newStagingKey(backend)));
        const upload: Partial<Upload> = {
          id, owner: provider1.account, status: "CREATED", size: sample.size, received: sample.received, region: sample.region, payee: sample.payee, legalBasis: sample.legalBasis,
          legalBasisCode: sample.legalBasisCode, legalEvidenceHash: evidence.hash, suite: sample.suite, stagingKey: wrapped, format: sample.format, dataKind: sample.dataKind,
          contentHash: `0x${randomBytes(32).toString("hex")}`, report: sample.report, profile: sample.profile, prediction: sample.prediction, priceInput: sample.priceInput,
          deidentifiedSize: sample.deidentifiedSize, deidentifiedSha256: sample.deidentifiedSha256,
        };
        const staging = { id, region: sample.region, stagingKey: wrapped };
        const [record, document] = [stagedObject(objects, stagingKey, staging, `deidentified-${randomUUID()}`), stagedObject(objects, stagingKey, staging, stagedEvidence)];
        await objects.put(record.key, record.encrypt(single(plain)));
        await objects.put(document.key, document.encrypt(single(evidence.sealed)));
        return { upload: { ...upload, objectKey: record.key }, evidence: { uploadId: id, mediaType: "text/plain", size: BigInt(evidence.sealed.length) } };
      }),
    );
    await database.getRepository(Upload).insert(made.map(({ upload }) => upload as object));
    await database.getRepository(LegalEvidence).insert(made.map(({ evidence }) => evidence));
    all.push(...made.map(({ evidence }) => evidence.uploadId));
  }
  await database.query("analyze app.upload");
  return all;
}

/** All of them at once into the queue, as the step before does it with each. */
async function release(database: DataSource, ids: readonly string[]): Promise<void> {
  await database.transaction(async (manager) => {
    await manager.query("update app.upload set status = 'PRICED', updated_at = now() where id = any($1)", [ids]);
    await manager.query("insert into app.activity (kind, account, upload_id, payload) select 'UPLOAD', owner, id, '{\"status\":\"PRICED\"}' from app.upload where id = any($1)", [ids]);
  });
}

/** Consents, as the providers do it, until every listing of these is on the chain. @throws Error if nothing moves any more */
async function publishAll(stack: TestStack, trades: number): Promise<void> {
  const mined = async (): Promise<number> =>
    ((await stack.database.query("select count(*)::int as n from app.tx_outbox where purpose like 'publish:%' and status in ('MINED', 'FINAL')")) as { n: number }[])[0]!.n;
  const wanted = (await mined()) + trades;
  for (let [last, movedAt] = [0, Date.now()]; ; ) {
    const consented = await signConsents(stack);
    const now = await mined();
    if (now >= wanted) return;
    if (now !== last || consented > 0) [last, movedAt] = [now, Date.now()];
    if (Date.now() - movedAt > patienceMs) throw new Error(`${wanted - now} of ${trades} trades do not move`);
    if (consented === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
