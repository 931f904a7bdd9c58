import type { DataSource } from "typeorm";
import { listen } from "../platform/database/listen.js";
import type { Logger } from "../platform/log.js";
import type { ObjectStore } from "../platform/objects/object-store.js";
import type { Queues } from "../platform/queue/queues.js";
import type { WorkerDeps } from "./deps.js";
import { applyRefusals } from "./dispatch/apply-refusals.js";
import { enqueueErasures } from "./dispatch/enqueue-erasures.js";
import { enqueueGrants } from "./dispatch/enqueue-grants.js";
import { enqueueUploads } from "./dispatch/enqueue-uploads.js";
import { grantOrders } from "./dispatch/grant-orders.js";
import { keepDraws } from "./dispatch/keep-draws.js";
import { keepOrders } from "./dispatch/keep-orders.js";
import { logIsDue } from "./dispatch/log-is-due.js";
import { revokeGrants } from "./dispatch/revoke-grants.js";
import { sweep } from "./dispatch/sweep.js";
import { trainingIsDue } from "./dispatch/training-is-due.js";
import { startLoop } from "./loop.js";
import type { Market } from "./market.js";

export interface DispatchDeps {
  database: DataSource;
  databaseUrl: string;
  objects: ObjectStore;
  queues: Queues;
  market: Market;
  accessEvents: WorkerDeps["accessEvents"];
  /** Between trainings of the price model; 0: none. */
  retrainHours: number;
  /** Address that settles and refunds lapsed orders. */
  relayer: string;
  log: Logger;
  /** Called when a role's outbox has something new; null: perhaps each has. */
  onOutbox: (role: string | null) => void;
}

/** Between looks at everything that waits, in ms: what a lost notification or a lost queue costs at most, together with the few seconds in the queries. */
const lookEveryMs = 1_000;
/** Between turns while much happens, in ms: one turn reads what many jobs did. */
const gapMs = 50;
/** Between looks for orders whose deadline is past, in ms. */
const keepEveryMs = 5_000;
/** Between looks through the whole outbox and the staged bytes, in ms. */
const sweepEveryMs = 60_000;
/** Rows of the feed read at once. */
const feedLimit = 1_000;

/**
 * Finds in Postgres what is to be done and gives it to the queues; the queue is only the way there (invariant 5). Several processes may do this at
 * once: every step is a conditional write or the adding of a job that has its key.
 */
export async function startDispatch(deps: DispatchDeps): Promise<{ close(): Promise<void> }> {
  const { database, objects } = deps;
  /** Last number of the feed that was read; null: start from its end, after a look at everything. */
  let cursor: bigint | null = null;
  let done: string[] = [];
  let lookedAt = 0;
  /** Blocks became final, perhaps. */
  let chainMoved = true;

  const followFeed = async (): Promise<boolean> => {
    if (cursor === null) {
      const [row] = (await database.query("select last_seq from app.activity_counter where id = 1")) as { last_seq: string }[];
      cursor = BigInt(row?.last_seq ?? 0);
      return false;
    }
    const rows = (await database.query(`select seq, upload_id, grant_id from app.activity where seq > $1 order by seq limit ${feedLimit}`, [cursor.toString()])) as {
      seq: string;
      upload_id: string | null;
      grant_id: string | null;
    }[];
    const last = rows.at(-1);
    if (!last) return false;
    const ids = (name: "upload_id" | "grant_id"): string[] => [...new Set(rows.map((row) => row[name]).filter((id) => id !== null))];
    const [uploads, grants] = [ids("upload_id"), ids("grant_id")];
    if (uploads.length > 0) await enqueueUploads(deps, uploads);
    if (grants.length > 0) await enqueueGrants(deps, grants);
    cursor = BigInt(last.seq);
    return true;
  };

  const look = async (): Promise<void> => {
    await enqueueUploads(deps, null);
    await enqueueGrants(deps, null);
    await enqueueErasures(deps);
    if (await logIsDue(database, deps.accessEvents)) await deps.queues.add("anchor", "log", {});
  };

  const turn = async (): Promise<boolean> => {
    const moved = await followFeed();
    const isLooking = Date.now() - lookedAt >= lookEveryMs;
    if (chainMoved || isLooking) {
      chainMoved = false;
      await grantOrders(database);
    }
    if (done.length > 0) {
      const purposes = done;
      done = [];
      await applyRefusals(database, purposes);
      await enqueueGrants(deps, null);
    }
    if (isLooking) {
      lookedAt = Date.now();
      await look();
    }
    return moved;
  };
  const loop = startLoop({ name: "dispatch", everyMs: lookEveryMs, gapMs, turn, log: deps.log });
  const sweeping = startLoop({
    name: "sweep",
    everyMs: sweepEveryMs,
    log: deps.log,
    turn: async () => {
      await applyRefusals(database, null);
      await revokeGrants(database);
      await sweep({ database, objects });
      if (await trainingIsDue(database, deps.retrainHours)) await deps.queues.add("retrain", "sales", {});
      return false;
    },
  });
  const keeping = startLoop({
    name: "keeper",
    everyMs: keepEveryMs,
    log: deps.log,
    turn: async () => {
      await keepOrders(database, deps.market, deps.relayer);
      await keepDraws(database, deps.market);
      return false;
    },
  });

  const listener = await listen({
    url: deps.databaseUrl,
    channels: ["activity", "chain_status", "tx_outbox", "tx_outbox_done"],
    onWake: (channel, payload) => {
      if (channel === "tx_outbox_done" && payload !== null) done.push(payload);
      if (channel === "tx_outbox") return deps.onOutbox(payload);
      // New blocks bring receipts; after a reconnection anything may be new.
      if (channel === "chain_status" || channel === null) {
        chainMoved = true;
        deps.onOutbox(null);
      }
      loop.wake();
    },
    onError: () => deps.log.warn("the listening connection was lost; connecting again"),
  });
  return {
    async close() {
      await listener.close();
      await Promise.all([loop.close(), sweeping.close(), keeping.close()]);
    },
  };
}
