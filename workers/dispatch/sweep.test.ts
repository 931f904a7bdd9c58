import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Registry } from "prom-client";
import type { DataSource } from "typeorm";
import { connectDatabase } from "../../platform/database/connect.js";
import { migrate } from "../../platform/database/migrate.js";
import { openFolderStore } from "../../platform/objects/folder-store.js";
import type { ObjectStore } from "../../platform/objects/object-store.js";
import { AccessGrant } from "../../schema/entities/access-grant.js";
import { Upload } from "../../schema/entities/upload.js";
import { AppError } from "../../schema/errors.js";
import { withPostgres, type TestService } from "../../test/support/with-postgres.js";
import { backlogMetrics } from "../backlog-metrics.js";
import { giveUp } from "../give-up.js";
import type { UploadStatus } from "../upload-status.js";
import { applyRefusals } from "./apply-refusals.js";
import { sweep } from "./sweep.js";

const folder = mkdtempSync(join(tmpdir(), "galen-sweep-"));
let postgres: TestService;
let database: DataSource;
let objects: ObjectStore;
before(async () => {
  postgres = await withPostgres();
  database = await connectDatabase({ url: postgres.url, service: "test" });
  await migrate(database);
  objects = await openFolderStore(folder);
});
after(async () => {
  await database.destroy();
  await postgres.stop();
  rmSync(folder, { recursive: true });
});

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("x");
}
const addUpload = async (status: UploadStatus, objectKey: string | null = null): Promise<string> => {
  const id = randomUUID();
  const hash = `0x${"11".repeat(32)}`;
  await database.getRepository(Upload).insert({ id, owner: "0xabc", status, size: 1n, region: 1, payee: "0xabc", legalBasis: "consent", legalEvidenceHash: hash, suite: "age-v1/mlkem768x25519", stagingKey: Buffer.alloc(76), objectKey });
  await objects.put(`staging/${id}/source/0000000000000000`, bytes());
  if (objectKey !== null) {
    await objects.put(objectKey, bytes());
    await database.query("insert into app.record_key (record_id, suite, kek_version, wrapped) values ($1, 'age-v1/mlkem768x25519', 1, '{}')", [id]);
  }
  return id;
};
const stagedOf = (id: string) => objects.list(`staging/${id}/`);
const find = (id: string) => database.getRepository(Upload).findOneByOrFail({ id });
const outbox = (purpose: string, status: string, message: string, role = "RELAYER", age = "1 hour"): Promise<unknown> =>
  database.query(`insert into app.tx_outbox (purpose, role, target, data, status, nonce, error_code, error_message, updated_at) values ($1, $2, '0x', '0x', $3, null, 'TX_REVERTED', $4, now() - interval '${age}')`, [purpose, role, status, message]);
const statusOf = async (purpose: string): Promise<string | undefined> => ((await database.query("select status from app.tx_outbox where purpose = $1", [purpose])) as { status: string }[])[0]?.status;

test("what uploads need stays, what they need no more goes, and a second sweep changes nothing", async () => {
  const open = await Promise.all((["CREATED", "RECEIVED", "INGESTED", "DEIDENTIFIED", "CHECKED", "PRICED", "ENCRYPTED"] as const).map((status) => addUpload(status)));
  const kept = await addUpload("SUBMITTED", "records/kept");
  const abandoned = await Promise.all((["REFUSED", "FAILED", "WITHDRAWN"] as const).map((status, i) => addUpload(status, `records/over-${i}`)));
  for (let i = 0; i < 2; i++) {
    await sweep({ database, objects });
    for (const id of open) assert.equal((await stagedOf(id)).length, 1);
    for (const id of open) assert.notEqual((await find(id)).stagingKey, null);
    for (const id of [kept, ...abandoned]) assert.deepEqual([(await stagedOf(id)).length, (await find(id)).stagingKey], [0, null]);
    assert.deepEqual((await objects.list("records/")).map(({ key }) => key), ["records/kept"]);
    const keys = (await database.query("select record_id from app.record_key where wrapped is not null")) as { record_id: string }[];
    assert.deepEqual(keys.map(({ record_id }) => record_id), [kept]);
    for (const id of abandoned) assert.equal((await find(id)).objectKey, null);
  }
});

test("an upload that was begun and left is withdrawn after a week", async () => {
  const id = await addUpload("CREATED");
  await sweep({ database, objects });
  assert.equal((await find(id)).status, "CREATED");
  await database.query("update app.upload set updated_at = now() - interval '8 days' where id = $1", [id]);
  await sweep({ database, objects });
  assert.deepEqual([(await find(id)).status, (await stagedOf(id)).length], ["WITHDRAWN", 0]);
});

test("the key of an upload that is never published is destroyed after a bound; that of a record that was listed before is not", async () => {
  const [forgotten, listedBefore, fresh] = [await addUpload("STORED", "records/forgotten"), await addUpload("STORED", "records/before"), await addUpload("STORED", "records/fresh")];
  await database.query("update app.upload set previous_listing_id = '0x1' where id = $1", [listedBefore]);
  await database.query("update app.upload set updated_at = now() - interval '91 days' where id = any($1)", [[forgotten, listedBefore]]);
  await sweep({ database, objects });
  const live = (await database.query("select record_id from app.record_key where record_id = any($1) and wrapped is not null", [[forgotten, listedBefore, fresh]])) as { record_id: string }[];
  assert.deepEqual(live.map(({ record_id }) => record_id).sort(), [listedBefore, fresh].sort());
  assert.deepEqual([(await find(forgotten)).status, (await find(forgotten)).objectKey, await objects.head("records/forgotten")], ["WITHDRAWN", null, null]);
});

test("a refused listing fails its upload; one that exists already does not; anchors and early keepers are sent again", async () => {
  const [refused, existing] = [await addUpload("SUBMITTED", "records/r"), await addUpload("SUBMITTED", "records/e")];
  await outbox(`publish:${refused}`, "FAILED", "DeadlinePassed(1)");
  await outbox(`publish:${existing}`, "FAILED", "ListingExists(0x1)");
  await outbox("anchor:1", "FAILED", "InvalidAnchor(0x1)", "ANCHORER");
  await outbox("anchor:2", "FAILED", "AlreadyAnchored(0x1, 1)", "ANCHORER");
  await outbox("anchor:3", "FAILED", "InvalidAnchor(0x1)", "ANCHORER", "1 second");
  await outbox("settle:1", "FAILED", "TooEarly(0x1, 2, 1)");
  await outbox("settle:2", "FAILED", "OrderStatusIs(0x1, 4)");
  await applyRefusals(database, [`publish:${existing}`, "anchor:1"]);
  assert.equal((await find(refused)).status, "SUBMITTED", "not asked about");
  await applyRefusals(database, null);
  await applyRefusals(database, null);
  assert.deepEqual([(await find(refused)).status, (await find(refused)).errorMessage, (await find(existing)).status], ["FAILED", "DeadlinePassed(1)", "SUBMITTED"]);
  assert.deepEqual(await Promise.all(["anchor:1", "anchor:2", "anchor:3", "settle:1", "settle:2"].map(statusOf)), ["QUEUED", "FAILED", "FAILED", "QUEUED", "FAILED"]);
  const told = (await database.query("select payload from app.activity where upload_id = $1", [refused])) as { payload: unknown }[];
  assert.deepEqual(told, [{ payload: { status: "FAILED", errorCode: "TX_REVERTED" } }]);
});

test("giving up spares an upload that another run brought on, and its bytes", async () => {
  const [moved, stuck, atFault] = [await addUpload("DEIDENTIFIED"), await addUpload("RECEIVED"), await addUpload("RECEIVED")];
  const give = (uploadId: string, code: "INTERNAL" | "FORMAT_INVALID") =>
    giveUp({ database, objects }, { queue: "ingest", jobKey: `ingest-${uploadId}`, payload: { uploadId }, error: new AppError(code, "why"), attempts: 5 });
  await give(moved, "INTERNAL");
  await give(stuck, "INTERNAL");
  await give(atFault, "FORMAT_INVALID");
  assert.deepEqual([(await find(moved)).status, (await stagedOf(moved)).length], ["DEIDENTIFIED", 1]);
  assert.deepEqual([(await find(stuck)).status, (await find(stuck)).errorCode, (await find(stuck)).stagingKey, (await stagedOf(stuck)).length], ["FAILED", "INTERNAL", null, 0]);
  assert.deepEqual([(await find(atFault)).status, (await stagedOf(atFault)).length], ["REFUSED", 0]);
  const letters = (await database.query("select job_key from app.dead_letter order by id")) as { job_key: string }[];
  assert.deepEqual(letters.map(({ job_key }) => job_key), [`ingest-${stuck}`], "one was done by another run, one is its provider's matter");
});

test("giving up spares a grant whose delivery another run has sent", async () => {
  const add = async (subject: string, header: Buffer | null): Promise<string> => {
    const values = { kind: "ORDER", subject, listingId: "0x1", recordId: randomUUID(), account: "0xabc", recipientCommitment: "0x2", header };
    return ((await database.getRepository(AccessGrant).insert(values)).identifiers[0] as { id: string }).id;
  };
  const [waiting, sent, refused] = [await add("0xa1", null), await add("0xa2", Buffer.from("header")), await add("0xa3", Buffer.from("header"))];
  await outbox("deliver:0xa2", "SIGNED", "", "DELIVERER");
  await outbox("deliver:0xa3", "FAILED", "TooLate(0x1, 1, 2)", "DELIVERER");
  for (const grantId of [waiting, sent, refused]) {
    await giveUp({ database, objects }, { queue: "deliver", jobKey: `deliver-${grantId}`, payload: { grantId }, error: new AppError("TX_REVERTED", "why"), attempts: 1 });
  }
  const statuses = await Promise.all([waiting, sent, refused].map(async (id) => (await database.getRepository(AccessGrant).findOneByOrFail({ id })).status));
  assert.deepEqual(statuses, ["FAILED", "REQUESTED", "FAILED"]);
});

test("the metrics tell what waits and what was given up", async () => {
  const registry = new Registry();
  backlogMetrics(database, registry);
  const text = await registry.metrics();
  assert.match(text, /galen_dead_letters_open\{queue="ingest"\} 1/);
  assert.match(text, /galen_uploads_open\{status="DEIDENTIFIED"\} 2/);
  assert.match(text, /galen_outbox_open\{role="ANCHORER"\} 1/);
});
