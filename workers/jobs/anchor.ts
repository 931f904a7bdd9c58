import { randomBytes } from "node:crypto";
import type { EntityManager } from "typeorm";
import { nodeBackend } from "../../crypto/backend/node.js";
import { accessGenesis, accessRecordHash } from "../../crypto/access-chain.js";
import { batchRoot } from "../../crypto/merkle/batch.js";
import { advisoryLocks } from "../../platform/database/advisory-locks.js";
import { enqueueTransaction } from "../../platform/outbox/enqueue-transaction.js";
import { AccessBatch } from "../../schema/entities/access-batch.js";
import { AccessRecord } from "../../schema/entities/access-record.js";
import type { JobPayload } from "../../schema/jobs.js";
import type { Process, WorkerDeps } from "../deps.js";
import { tellAccesses } from "../tell-accesses.js";

export type AnchorDeps = Pick<WorkerDeps, "database" | "market" | "accessEvents">;

/** A batch goes to the chain when it has this many records … */
export const batchSize = 1_000;
/** … or when its oldest record is this old, in ms: a reader sees the own access anchored within seconds. */
const batchAgeMs = 3_000;
/** Records sequenced in one transaction. */
const sequenceLimit = 5_000;

interface InboxRow {
  id: string;
  at: Date;
  account: string | null;
  action: string;
  outcome: string;
  grant_id: string | null;
  listing_id: string | null;
  order_id: string | null;
  first_byte: string | null;
  last_byte: string | null;
}

/**
 * Gives the access log its order: moves what api and workers noted (`app.access_inbox`) into the hash chain (`app.access_record`), and puts
 * batches that are due into the outbox, one anchor each, and what is to be told one by one. The lock makes it one sequencer; the inbox rows go in the
 * same transaction, so that none is lost or taken twice.
 */
export const anchor = ({ database, market, accessEvents }: AnchorDeps): Process<JobPayload<"anchor">> => async () => {
  const headTime = await market.headTime();
  const told = accessEvents === "each" ? await market.accessesTold() : null;
  await database.transaction(async (manager) => {
    const [lock] = (await manager.query("select pg_try_advisory_xact_lock($1) as held", [advisoryLocks.accessSequencer])) as { held: boolean }[];
    if (!lock?.held) return; // somebody is at it
    await sequence(manager);
    while (await batch(manager, market, headTime)) {
      // one batch a turn
    }
    if (told !== null) await tellAccesses(manager, market, told);
  });
};

async function sequence(manager: EntityManager): Promise<void> {
  // Two statements in one: what is deleted here is exactly what is inserted below, in one transaction.
  const rows = (await manager.query(
    `with taken as (
       delete from app.access_inbox where id in (select id from app.access_inbox order by id limit $1)
       returning id, date_trunc('milliseconds', at) as at, account, action, outcome, grant_id, listing_id, order_id, first_byte, last_byte
     ) select * from taken order by id`,
    [sequenceLimit],
  )) as InboxRow[];
  if (rows.length === 0) return;
  const [last] = await manager.getRepository(AccessRecord).find({ order: { seq: "DESC" }, take: 1, select: { seq: true, hash: true } });
  let seq = last?.seq ?? 0n;
  let previousHash = last?.hash ?? accessGenesis;
  const records = rows.map((row) => {
    seq += 1n;
    const { at, account, action, outcome } = row;
    const told = { account, action, outcome, grantId: row.grant_id, listingId: row.listing_id, orderId: row.order_id };
    const salt = randomBytes(16).toString("hex");
    const hash = accessRecordHash(nodeBackend, previousHash, { seq: `${seq}`, at: at.toISOString(), ...told, firstByte: row.first_byte, lastByte: row.last_byte, salt });
    const record = { seq, inboxId: BigInt(row.id), at, ...told, firstByte: toBigint(row.first_byte), lastByte: toBigint(row.last_byte), salt, previousHash, hash };
    previousHash = hash;
    return record;
  });
  for (let from = 0; from < records.length; from += batchSize) await manager.getRepository(AccessRecord).insert(records.slice(from, from + batchSize));
}

/** @returns true if a batch was made, and there may be another one. */
async function batch(manager: EntityManager, { contract, address }: AnchorDeps["market"], headTime: bigint): Promise<boolean> {
  // The contract takes no time that lies after its block: such records wait for the next turn.
  const open = await manager
    .createQueryBuilder(AccessRecord, "record")
    .select(["record.seq", "record.hash", "record.at"])
    .where("record.batch_index is null")
    .orderBy("record.seq")
    .limit(batchSize)
    .getMany();
  const early = open.findIndex(({ at }) => seconds(at) > headTime);
  const records = early === -1 ? open : open.slice(0, early);
  const [first, last] = [records[0], records.at(-1)];
  if (!first || !last) return false;
  if (records.length < batchSize && Date.now() - first.at.getTime() < batchAgeMs) return false;

  const [top] = (await manager.query("select coalesce(max(batch_index), 0) as top from app.access_batch")) as { top: string }[];
  const batchIndex = BigInt(top?.top ?? 0) + 1n;
  const root = batchRoot(nodeBackend, records.map(({ hash }) => hash));
  const times = records.map(({ at }) => seconds(at));
  const count = records.length;
  // Clocks of several processes: the order of the log is not exactly that of its times.
  const firstTime = times.reduce((least, time) => (time < least ? time : least));
  const lastTime = times.reduce((most, time) => (time > most ? time : most));
  await manager.getRepository(AccessBatch).insert({ batchIndex, root, firstSeq: first.seq, lastSeq: last.seq, count, firstTime, lastTime });
  await manager.query("update app.access_record set batch_index = $1 where seq between $2 and $3", [`${batchIndex}`, `${first.seq}`, `${last.seq}`]);
  const data = contract.encodeFunctionData("anchorAccess", [root, count, firstTime, lastTime]);
  await enqueueTransaction(manager, { purpose: `anchor:${batchIndex}`, role: "ANCHORER", target: address, data });
  return true;
}

const seconds = (at: Date): bigint => BigInt(Math.floor(at.getTime() / 1_000));
const toBigint = (text: string | null): bigint | null => (text === null ? null : BigInt(text));
