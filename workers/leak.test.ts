import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Redis } from "ioredis";
import { nodeBackend } from "../crypto/backend/node.js";
import { openKeyring } from "../crypto/custody/keyring-node.js";
import { parseWrappedKey } from "../crypto/custody/wrapped-key.js";
import { unwrapStagingKey } from "../crypto/staging-key.js";
import { AccessGrant } from "../schema/entities/access-grant.js";
import { RecordKey } from "../schema/entities/record-key.js";
import { dumpObjects, dumpPostgres, dumpRedis, forms } from "../test/support/dumps.js";
import { table } from "../test/support/workers/samples.js";
import { testStack, type TestStack } from "../test/support/workers/test-stack.js";
import { consent, project } from "../test/support/workers/trade.js";
import { until, workerProcess, type WorkerProcess } from "../test/support/workers/worker-process.js";

let stack: TestStack;
let worker: WorkerProcess;
const commands: string[] = [];
const watchers: Redis[] = [];
before(async () => {
  stack = await testStack();
  const watcher = new Redis(stack.env["REDIS_URL"] ?? "");
  const monitor = await watcher.monitor();
  watchers.push(watcher, monitor);
  monitor.on("monitor", (_time: string, args: string[]) => commands.push(args.join(" ")));
});
after(async () => {
  await worker.kill();
  for (const watcher of watchers) watcher.disconnect();
  await stack.stop();
});

test("planted names and keys are in no table, queue, object, log or metric", async () => {
  const markers = ["Wolkensteinmarker", "Zwillingsmarker", "Abbruchmarker"] as const;
  const good = table(25, markers[0]);
  const goodId = await stack.receive(good);
  const stagingKeyOf = async (id: string): Promise<Uint8Array> => unwrapStagingKey(nodeBackend, stack.deps.stagingKey, id, (await stack.upload(id)).stagingKey).key;
  const secrets = forms("a staging key", await stagingKeyOf(goodId));
  // Files that parsers choke on: their errors must not quote them.
  const broken = [
    new TextEncoder().encode(`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","name":[{"family":"${markers[1]}"}]`),
    new TextEncoder().encode(`MSH|^~\\&|${markers[2]}|${markers[2]}\rPID|1||${markers[2]}\r\u0000\u0001`),
  ];
  const brokenIds = await Promise.all(broken.map((bytes) => stack.receive(bytes)));
  // A file whose key was lost: an error of ours, given up after the first attempt.
  const keylessId = await stack.receive(table(26, markers[0]));
  await stack.database.query("update app.upload set staging_key = decode(repeat('00', 76), 'hex') where id = $1", [keylessId]);

  // The most talkative level is looked through.
  worker = await workerProcess({ ...stack.env, LOG_LEVEL: "trace" });
  await until("the good one to be stored", async () => (await stack.upload(goodId)).status === "STORED");
  await consent(stack, goodId);
  const { listingId } = await until("its submission", async () => {
    const upload = await stack.upload(goodId);
    return upload.status === "SUBMITTED" && upload;
  });
  for (const id of brokenIds) await until("the refusal", async () => (await stack.upload(id)).status === "REFUSED");
  const grant = { kind: "OWN", subject: listingId ?? "", listingId: listingId ?? "", recordId: goodId, account: stack.provider1.account, recipientCommitment: stack.provider1.commitment };
  await until("the listing", async () => (await stack.deps.market.listingStatus(listingId ?? "")) === "PENDING");
  await project(stack);
  await stack.database.getRepository(AccessGrant).insert(grant);
  await until("the header", async () => (await stack.database.getRepository(AccessGrant).findOneByOrFail({ subject: grant.subject })).status === "READY");

  const { wrapped } = await stack.database.getRepository(RecordKey).findOneByOrFail({ recordId: goodId });
  secrets.push(...forms("a file key", await stack.deps.fileKeys.unwrap(goodId, parseWrappedKey(wrapped))));
  const keyring = await openKeyring(stack.env["KEYRING_FILE"] ?? "");
  for (const { value } of keyring.keks) secrets.push(...forms("a key-encryption key", value));
  for (const { value } of keyring.identities) secrets.push({ name: "the platform's identity", needle: Buffer.from(value) });
  for (const { value } of keyring.signingKeys) secrets.push(...forms("a signing key", value));
  for (const [name, file] of Object.entries(stack.env)) if (/_KEY_FILE$/.test(name)) secrets.push(...forms(name, Buffer.from(readFileSync(file, "utf8"), "hex")));
  for (const marker of markers) secrets.push(...forms(marker, Buffer.from(marker)));

  const metrics = await fetch(`http://127.0.0.1:${/"healthPort":(\d+)/.exec(worker.output())?.[1]}/metrics`).then((answer) => answer.text());
  assert.match(metrics, /galen_jobs_total\{.*ingest/);
  const places: Record<string, Buffer> = {
    Postgres: await dumpPostgres(stack.database),
    Redis: await dumpRedis(stack.deps.redis),
    "what Redis was told": Buffer.from(commands.join("\n")),
    objects: await dumpObjects(stack.deps.objects),
    logs: Buffer.from(worker.output()),
    metrics: Buffer.from(metrics),
  };
  assert.ok(places["what Redis was told"]?.includes(goodId), "the job payloads were looked through");
  assert.ok(places["Postgres"]?.includes(goodId));
  for (const [place, dump] of Object.entries(places)) {
    assert.ok(dump.length > 100, `${place} was looked through`);
    for (const { name, needle } of secrets) assert.equal(dump.includes(needle), false, `${name} is in ${place}`);
  }
  // The search does find what is there: the marker in the uploaded bytes.
  assert.ok(Buffer.from(good).includes(markers[0]));
});
