import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { AppError } from "../../schema/errors.js";
import type { JobPayload } from "../../schema/jobs.js";
import type { TestService } from "../../test/support/with-postgres.js";
import { withRedis } from "../../test/support/with-redis.js";
import { connectRedis } from "./connect-redis.js";
import { createQueues, parseJob, type Queues } from "./queues.js";

let service: TestService;
let redis: Redis;
let queues: Queues;
before(async () => {
  service = await withRedis();
  redis = await connectRedis({ url: service.url });
  queues = createQueues(redis);
});
after(async () => {
  await queues.close();
  redis.disconnect();
  await service.stop();
});
const withCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
const id = "5f0c4f4e-1f5e-4a51-9a58-0d6c1f5b8a11";

test("a key has one job at a time, and may have another one after it", async () => {
  for (let i = 0; i < 5; i++) await queues.add("ingest", id, { uploadId: id });
  assert.equal(await queues.queue("ingest").getWaitingCount(), 1);
  const seen: unknown[] = [];
  const worker = new Worker("ingest", async (job) => void seen.push(job.data), { connection: redis, prefix: "galen" });
  try {
    const until = async (count: number): Promise<void> => {
      for (let i = 0; i < 200 && seen.length < count; i++) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(seen.length, count);
    };
    await until(1);
    assert.deepEqual(seen[0], { uploadId: id });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await queues.add("ingest", id, { uploadId: id });
    await until(2);
  } finally {
    await worker.close();
  }
  assert.equal(await queues.queue("ingest").getCompletedCount(), 0, "a done job keeps no place");
});

test("a payload of the wrong shape is refused before it is queued, and says what is wrong", async () => {
  const wrong: unknown[] = [{}, null, "x", { uploadId: "no-uuid" }, { uploadId: id, fileKey: "no key belongs here" }, { uploadId: [id] }];
  for (const payload of wrong) {
    assert.throws(() => parseJob("ingest", payload), withCode("JOB_PAYLOAD_INVALID"));
    await assert.rejects(queues.add("ingest", "wrong", payload as JobPayload<"ingest">), withCode("JOB_PAYLOAD_INVALID"));
  }
  assert.throws(() => parseJob("ingest", { uploadId: 1 }), /queue ingest.*uploadId/);
  assert.equal(await queues.queue("ingest").getWaitingCount(), 0);
});

test("a lost connection to Redis is opened again", async () => {
  const killer = await connectRedis({ url: service.url });
  try {
    await killer.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await queues.add("store", id, { uploadId: id });
    assert.equal(await queues.queue("store").getWaitingCount(), 1);
  } finally {
    killer.disconnect();
  }
});

test("a Redis that is away is a typed error that names no password", async () => {
  await assert.rejects(connectRedis({ url: "redis://:secret@127.0.0.1:1", connectTimeoutMs: 400 }), (error) => withCode("REDIS_UNAVAILABLE")(error) && !String(error).includes("secret"));
});
