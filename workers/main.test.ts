import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { accessGenesis, accessRecordHash } from "../crypto/access-chain.js";
import { nodeBackend } from "../crypto/backend/node.js";
import { deliveryCommitment } from "../crypto/delivery-commitment.js";
import { batchRoot } from "../crypto/merkle/batch.js";
import { nodeCrypto } from "../crypto/node.js";
import { AccessBatch } from "../schema/entities/access-batch.js";
import { AccessGrant } from "../schema/entities/access-grant.js";
import { AccessRecord } from "../schema/entities/access-record.js";
import type { QueueName } from "../schema/jobs.js";
import { check } from "./jobs/check.js";
import { deidentify } from "./jobs/deidentify.js";
import { encrypt } from "./jobs/encrypt.js";
import { ingest } from "./jobs/ingest.js";
import { price } from "./jobs/price.js";
import { store } from "./jobs/store.js";
import { recordingProxy } from "../test/support/recording-proxy.js";
import { samples, table } from "../test/support/workers/samples.js";
import { testStack, type TestStack } from "../test/support/workers/test-stack.js";
import { approve, buy, consent, project } from "../test/support/workers/trade.js";
import { until, workerProcess, type WorkerProcess } from "../test/support/workers/worker-process.js";

let stack: TestStack;
const running: WorkerProcess[] = [];
before(async () => {
  stack = await testStack();
});
afterEach(async () => {
  for (const each of running.splice(0)) await each.kill();
});
after(() => stack.stop());

const start = async (env: Readonly<Record<string, string>> = {}): Promise<WorkerProcess> => {
  const started = await workerProcess({ ...stack.env, ...env });
  running.push(started);
  return started;
};
const reaches = (uploadId: string, status: string, timeoutMs?: number): Promise<true> =>
  until(`upload to be ${status}`, async () => {
    const upload = await stack.upload(uploadId);
    if (upload.status !== status && ["REFUSED", "FAILED"].includes(upload.status)) throw new Error(`The upload is ${upload.status}: ${upload.errorCode} ${upload.errorMessage}`);
    return upload.status === status;
  }, timeoutMs);
const statusesOf = async (uploadId: string): Promise<string[]> =>
  ((await stack.database.query("select payload->>'status' as status from app.activity where upload_id = $1 order by seq", [uploadId])) as { status: string }[]).map(({ status }) => status);
const wholeWay = ["RECEIVED", "INGESTED", "DEIDENTIFIED", "CHECKED", "PRICED", "ENCRYPTED", "STORED", "CONSENTED", "SUBMITTED"];
let seed = 0;
/** A file that no other test has uploaded. */
const fresh = (): Uint8Array => table(20 + seed++, `Person-${seed}`);

test("two processes take real records from upload to listing, sale, delivery and anchored access", async () => {
  await Promise.all([start(), start()]);
  const ids = await Promise.all(samples.map(({ bytes }) => stack.receive(bytes)));
  for (const uploadId of ids) await reaches(uploadId, "STORED");
  const [uploadId] = ids as [string];
  for (const each of ids) await consent(stack, each);
  for (const each of ids) await reaches(each, "SUBMITTED");
  for (const each of ids) assert.deepEqual(await statusesOf(each), wholeWay);
  const listingId = (await stack.upload(uploadId)).listingId ?? "";
  await until("the listing to be on the chain", async () => (await stack.deps.market.listingStatus(listingId)) === "PENDING");

  // An auditor asks for access.
  await project(stack);
  const audit = await stack.database.getRepository(AccessGrant).insert({ kind: "AUDIT", subject: listingId, listingId, recordId: uploadId, account: stack.auditor1.account, recipientCommitment: stack.auditor1.commitment });
  const auditGrant = await until("the auditor's grant", async () => {
    const grant = await stack.grant((audit.identifiers[0] as { id: string }).id);
    return grant.status === "READY" && grant;
  });
  assert.ok((auditGrant.expiresAt?.getTime() ?? 0) > Date.now());
  assert.equal(nodeCrypto.openHeader(auditGrant.header ?? new Uint8Array(), [stack.auditor1.identity]).length, 16);

  // Approved and bought.
  await approve(stack, listingId);
  const { orderId } = await buy(stack, listingId);
  await project(stack);
  const grant = await until("the order's delivery", async () => {
    const found = await stack.database.getRepository(AccessGrant).findOneBy({ kind: "ORDER", subject: orderId });
    if (found?.status === "FAILED") throw new Error(`The grant failed: ${found.errorCode}`);
    if (found?.status !== "READY") {
      await stack.provider.send("anvil_mine", ["0x1"]);
      return false;
    }
    return found;
  });
  assert.equal(await stack.deps.market.orderStatus(orderId), "DELIVERED");
  const upload = await stack.upload(uploadId);
  const header = grant.header ?? new Uint8Array();
  assert.equal(grant.deliveryCommitment, deliveryCommitment({ orderId, header, recipientCommitment: stack.buyer.commitment, ciphertextRoot: upload.ciphertextRoot ?? "" }));
  assert.equal(await stack.deps.market.orderCommitment(orderId), grant.deliveryCommitment?.slice(0, 38));
  const chunks: Uint8Array[] = [];
  const stored = (await stack.deps.objects.get(upload.objectKey ?? "")).body;
  async function* delivery(): AsyncGenerator<Uint8Array> {
    yield header;
    yield* stored;
  }
  for await (const plain of nodeCrypto.decryptFile(delivery(), { identities: [stack.buyer.identity], expected: { plaintextRoot: upload.plaintextRoot ?? "" } })) chunks.push(plain);
  assert.equal(Buffer.from(nodeBackend.sha256(...chunks)).toString("hex"), upload.deidentifiedSha256);
  assert.throws(() => nodeCrypto.openHeader(header, [stack.auditor2.identity]), /None of the identities/);

  // Reads are noted by the api; the workers put them in order and on the chain.
  for (let i = 0; i < 5; i++) await stack.database.query("insert into app.access_inbox (account, action, outcome, grant_id, listing_id, order_id, first_byte, last_byte) values ($1, 'BYTES', 'OK', $2, $3, $4, 0, $5)", [stack.buyer.account, grant.id, listingId, orderId, i]);
  const batch = await until("the batch", async () => (await stack.database.getRepository(AccessBatch).find())[0] ?? null);
  const records = await stack.database.getRepository(AccessRecord).find({ order: { seq: "ASC" } });
  assert.equal(records.length, 5);
  let previous = accessGenesis;
  for (const [i, record] of records.entries()) {
    assert.equal(record.seq, BigInt(i + 1));
    assert.equal(record.previousHash, previous);
    const { account, action, outcome, grantId, orderId: order } = record;
    const entry = { seq: `${record.seq}`, at: record.at.toISOString(), account, action, outcome, grantId, listingId: record.listingId, orderId: order, firstByte: `${record.firstByte}`, lastByte: `${record.lastByte}`, salt: record.salt };
    assert.equal(record.hash, accessRecordHash(nodeBackend, previous, entry));
    previous = record.hash;
  }
  assert.equal(batch.root, batchRoot(nodeBackend, records.map(({ hash }) => hash)));
  const { contract, address } = stack.deps.market;
  await until("the anchor", async () => BigInt(await stack.provider.call({ to: address, data: contract.encodeFunctionData("anchorIndexOf", [batch.root]) })) > 0n);
  await until("the accesses told", async () => (await stack.deps.market.accessesTold()) === 5n);
  const [open] = (await stack.database.query("select count(*)::int as n from app.access_inbox")) as { n: number }[];
  assert.equal(open?.n, 0);
});

for (const flushed of [false, true]) {
  test(`a process killed at the end of every stage${flushed ? ", and a queue that forgot everything," : ""} leaves jobs that the next one finishes`, async () => {
    const { deps } = stack;
    const steps = [ingest(deps), deidentify(deps), check(deps), price(deps), encrypt(deps), store(deps)];
    // One upload at each stage; the last one is stored and consented to.
    const ids = await Promise.all(
      Array.from({ length: steps.length + 1 }, async (_, stage) => {
        const uploadId = await stack.receive(fresh());
        for (const step of steps.slice(0, stage)) await step({ uploadId });
        if (stage === steps.length) await consent(stack, uploadId);
        return uploadId;
      }),
    );
    // Their rows are locked: each job does all its work, and waits to write that it is done. There it is killed.
    const holder = stack.database.createQueryRunner();
    await holder.connect();
    await holder.startTransaction();
    await holder.query("select 1 from app.upload where id = any($1) for update", [ids]);
    const before = await Promise.all(ids.map((id) => stack.upload(id)));
    const victim = await start();
    await until("each job to be at its end", async () => {
      const waiting = (await stack.database.query("select pid from pg_stat_activity where application_name = 'galen-workers' and wait_event_type = 'Lock' and query ilike 'update \"app\".\"upload\"%'")) as unknown[];
      return waiting.length === ids.length;
    });
    await victim.kill();
    // What the dead process had asked for must not be done after all.
    await stack.database.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'galen-workers'");
    await holder.rollbackTransaction();
    await holder.release();
    assert.deepEqual(await Promise.all(ids.map((id) => stack.upload(id))), before);
    if (flushed) await stack.deps.redis.flushall();

    await start();
    const consented = ids.at(-1) ?? "";
    for (const uploadId of ids.slice(0, -1)) {
      await reaches(uploadId, "STORED");
      await consent(stack, uploadId);
    }
    await reaches(consented, "SUBMITTED");
    for (const uploadId of ids) {
      await reaches(uploadId, "SUBMITTED");
      assert.deepEqual(await statusesOf(uploadId), wholeWay, "every step once, in order");
      const { listingId } = await stack.upload(uploadId);
      await until("the listing", async () => (await deps.market.listingStatus(listingId ?? "")) === "PENDING");
    }
    await until("the sweep to leave nothing staged", async () => (await Promise.all(ids.map((id) => deps.objects.list(`staging/${id}/`)))).flat().length === 0);
    const [letters] = (await stack.database.query("select count(*)::int as n from app.dead_letter")) as { n: number }[];
    assert.equal(letters?.n, 0);
  });
}

test("a payload of the wrong shape goes to the operator's list, with its reason", async () => {
  await start();
  const queue = (name: QueueName) => stack.deps.queues.queue(name);
  await queue("ingest").add("ingest", { uploadId: "x", plaintext: "of a record" }, { jobId: "wrong-1" });
  await queue("deliver").add("deliver", { grantId: 7 }, { jobId: "wrong-2", attempts: 5 });
  const letters = await until("both in the list", async () => {
    const rows = (await stack.database.query("select queue, job_key, error_code, error_message, attempts from app.dead_letter order by queue desc")) as Record<string, unknown>[];
    return rows.length === 2 && rows;
  });
  assert.deepEqual(letters.map(({ queue: name, job_key, error_code, attempts }) => [name, job_key, error_code, attempts]), [
    ["ingest", "wrong-1", "JOB_PAYLOAD_INVALID", 1],
    ["deliver", "wrong-2", "JOB_PAYLOAD_INVALID", 1],
  ]);
  assert.ok(!JSON.stringify(letters).includes("of a record"));
});

test("bad records are refused with their reason, and leave nothing", async () => {
  await start();
  const cases: [string, Uint8Array][] = [
    ["FORMAT_UNKNOWN", new TextEncoder().encode("\u0000\u0001\u0002 no record")],
    ["FORMAT_INVALID", (samples[0]?.bytes ?? new Uint8Array()).subarray(0, 3_000)],
    ["DUPLICATE_CONTENT", samples[1]?.bytes ?? new Uint8Array()],
  ];
  for (const [code, bytes] of cases) {
    const uploadId = await stack.receive(bytes);
    const upload = await until(`refusal ${code}`, async () => {
      const found = await stack.upload(uploadId);
      return found.status === "REFUSED" && found;
    });
    assert.equal(upload.errorCode, code);
    assert.ok((upload.errorMessage ?? "").length > 10);
    assert.equal(upload.stagingKey, null);
    await until("nothing staged", async () => (await stack.deps.objects.list(`staging/${uploadId}/`)).length === 0);
  }
});

test("a listing that the contract refuses fails with the contract's reason, and its object and key go", async () => {
  await start();
  const uploadId = await stack.receive(fresh(), { owner: stack.buyer.account }); // no provider
  await reaches(uploadId, "STORED");
  const { objectKey } = await stack.upload(uploadId);
  await consent(stack, uploadId);
  const upload = await until("the refusal", async () => {
    const found = await stack.upload(uploadId);
    return found.status === "FAILED" && found;
  });
  assert.equal(upload.errorCode, "TX_REVERTED");
  assert.match(upload.errorMessage ?? "", /^NotAccredited\(/);
  await running[0]?.stop();
  await start(); // a start sweeps
  await until("the object to be gone", async () => (await stack.deps.objects.head(objectKey ?? "")) === null);
  const [key] = (await stack.database.query("select wrapped is null as gone, destroyed_at from app.record_key where record_id = $1", [uploadId])) as { gone: boolean; destroyed_at: Date | null }[];
  assert.equal(key?.gone, true);
  assert.ok(key.destroyed_at);
});

test("one process goes on by itself after its connections to Postgres and Redis were cut and the queue was emptied", async () => {
  const worker = await start();
  const first = await stack.receive(fresh());
  await until("work to be under way", async () => (await stack.upload(first)).status !== "RECEIVED");
  // Every connection is cut, in the middle of jobs, senders and listeners.
  await stack.database.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name in ('galen-workers', 'galen-listen')");
  await stack.deps.redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  await stack.deps.redis.flushall();
  const second = await stack.receive(fresh());
  for (const uploadId of [first, second]) {
    await reaches(uploadId, "STORED");
    await consent(stack, uploadId);
    await reaches(uploadId, "SUBMITTED");
    const { listingId } = await stack.upload(uploadId);
    await until("the listing", async () => (await stack.deps.market.listingStatus(listingId ?? "")) === "PENDING");
  }
  assert.equal(worker.child.exitCode, null, "the same process did it");
});

test("a shutdown is orderly and says so with its exit code", async () => {
  const process = await start();
  await stack.receive(fresh());
  assert.equal(await process.stop(), 0);
});

test("what cannot be reached at start, and every variable that is wrong, is one clear line", async () => {
  const cases: [Record<string, string>, string, RegExp][] = [
    [{ DATABASE_URL: "postgres://user:hunter2@127.0.0.1:1/galen" }, "DATABASE_UNAVAILABLE", /Cannot reach Postgres at postgres:\/\/127.0.0.1:1\/galen/],
    [{ REDIS_URL: "redis://:hunter2@127.0.0.1:1" }, "REDIS_UNAVAILABLE", /Cannot reach Redis/],
    [{ RPC_URL: "http://127.0.0.1:1" }, "CHAIN_UNAVAILABLE", /Cannot reach the chain/],
    [{ OBJECT_STORE_URL: "file:///dev/null/below" }, "OBJECT_STORE_UNAVAILABLE", /object folder/],
    [{ DEPLOYMENT_FILE: "/nowhere.json" }, "CONFIG_INVALID", /DEPLOYMENT_FILE/],
    [{ STAGING_KEY_FILE: "", REDIS_URL: "", POLL_INTERVAL_MS: "often" }, "CONFIG_INVALID", /STAGING_KEY_FILE.*missing/],
    [{ DELIVERER_KEY_FILE: stack.env["RELAYER_KEY_FILE"] ?? "" }, "CONFIG_INVALID", /a key each/],
    [{ NODE_ENV: "production", KEYRING_FILE: "/nowhere.json" }, "CONFIG_INVALID", /make the keyring first/],
  ];
  await Promise.all(
    cases.map(async ([env, code, message]) => {
      const process = await workerProcess({ ...stack.env, CONNECT_TIMEOUT_MS: "300", ...env }, false);
      running.push(process);
      assert.equal(await process.ended(), 1);
      const lines = process.output().trim().split("\n").map((line) => JSON.parse(line) as { level: number; code?: string; msg: string });
      const fatal = lines.filter(({ level }) => level === 60);
      assert.equal(fatal.length, 1, process.output());
      assert.equal(fatal[0]?.code, code);
      assert.match(fatal[0]?.msg ?? "", message);
      assert.ok(!process.output().includes("hunter2"));
    }),
  );
});

test("a process that loses Postgres while it starts says that, and one that loses Redis waits for it", async () => {
  const proxy = await recordingProxy();
  const through = (url: string): string => {
    const [to, over] = [new URL(url), new URL(proxy.url)];
    proxy.lead(Number(to.port));
    to.port = over.port;
    return to.href;
  };
  try {
    const postgres = through(stack.env["DATABASE_URL"] ?? "");
    const lost = proxy.breakAt("app.price_model where status = 'CHAMPION'");
    const process = await workerProcess({ ...stack.env, DATABASE_URL: postgres }, false);
    running.push(process);
    await lost;
    assert.equal(await process.ended(), 1);
    const fatal = process.output().trim().split("\n").map((line) => JSON.parse(line) as { level: number; code?: string; reason?: string }).filter(({ level }) => level === 60);
    assert.deepEqual(fatal.map(({ code }) => code), ["DATABASE_UNAVAILABLE"], process.output());
    assert.match(fatal[0]?.reason ?? "", /Connection terminated/);

    const redis = through(stack.env["REDIS_URL"] ?? "");
    const cut = proxy.breakAt("galen:");
    await Promise.all([start({ REDIS_URL: redis }), cut]);
  } finally {
    for (const each of running.splice(0)) await each.kill();
    await proxy.stop();
  }
});
