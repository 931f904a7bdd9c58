import { setTimeout as wait } from "node:timers/promises";
import type { HashAndHeight } from "@subsquid/util-internal-processor-tools";
import type { Pool, PoolClient } from "pg";
import { advisoryLocks } from "../platform/database/advisory-locks.js";
import { AppError } from "../schema/errors.js";
import type { Sql } from "./copy-rows.js";

/** How often a standby tries to become the writer, in ms. */
const standbyPauseMs = 500;
/** How often an idle connection is tried, in ms, and how long it may take to answer. */
const heartbeatMs = 2_000;
const heartbeatLimitMs = 5_000;
/**
 * When the writer's machine dies without a word, Postgres must end its session, or the lock would be held for hours: it asks a silent client after 5 s, every 2 s, and
 * gives up after three that were not answered, or when what it sent was not acknowledged for 11 s.
 */
const keepAlive = "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3; set tcp_user_timeout = 11000; set client_connection_check_interval = 5000";

/**
 * The connection of the one writer. The lock belongs to the connection that writes: whoever loses one has lost the other, so two
 * indexers can never both write.
 */
export interface WriterSession {
  readonly sql: Sql;
  /** Other connections, to read what is committed while this one writes. */
  readonly read: Sql;
  /** Aborted when the connection is lost or closed. */
  readonly signal: AbortSignal;
  /** When the database last answered, in ms of `performance.now()`. */
  lastAnswer(): number;
  /** Told, while idle, where the tables stand: an operator may have rewound them. */
  onIdle: ((head: HashAndHeight) => void) | null;
  /** Runs `work` in one transaction. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): void;
}

/** Waits until this process is the writer; `onStandby` is called at every look while another is. Throws DATABASE_UNAVAILABLE when the connection breaks; AbortError when `signal` aborts. */
export async function openWriterSession(pool: Pool, signal: AbortSignal, onStandby: () => Promise<void>): Promise<WriterSession> {
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (cause) {
    throw unavailable(cause);
  }
  const lost = new AbortController();
  const lose = (cause: unknown): void => lost.abort(unavailable(cause));
  client.on("error", lose);
  client.on("end", () => lose(new Error("The connection ended.")));
  try {
    await client.query(keepAlive);
    while (!(await takeLock(client))) {
      await onStandby();
      await wait(standbyPauseMs, undefined, { signal });
    }
  } catch (error) {
    client.release(true);
    throw signal.aborted ? error : unavailable(error);
  }

  let lastAnswer = performance.now();
  let busy = false;
  /** A heartbeat under way: statements do not overlap on one connection. */
  let beating: Promise<unknown> = Promise.resolve();
  const gone = new Promise((resolve) => lost.signal.addEventListener("abort", resolve, { once: true }));
  const beat = setInterval(() => {
    if (busy || performance.now() - lastAnswer < heartbeatMs) return;
    const limit = setTimeout(() => {
      if (!busy) lose(new Error("The database does not answer."));
    }, heartbeatLimitMs);
    beating = client
      .query<HashAndHeight>("select height, hash from public.chain_status where id = 1")
      .then(({ rows: [head] }) => {
        lastAnswer = performance.now();
        if (head && !busy) session.onIdle?.(head);
      }, lose)
      .finally(() => clearTimeout(limit));
  }, heartbeatMs);

  const session: WriterSession = {
    onIdle: null,
    sql: client,
    read: pool as Sql,
    signal: lost.signal,
    lastAnswer: () => lastAnswer,
    async transaction(work) {
      await Promise.race([beating, gone]);
      lost.signal.throwIfAborted();
      busy = true;
      try {
        await client.query("begin");
        const result = await work(client);
        await client.query("commit");
        lastAnswer = performance.now();
        return result;
      } catch (error) {
        await client.query("rollback").catch(lose);
        throw error;
      } finally {
        busy = false;
      }
    },
    close() {
      clearInterval(beat);
      lost.abort(unavailable(new Error("Closed.")));
      // Never back into the pool: the lock goes with the connection.
      client.release(true);
    },
  };
  return session;
}

async function takeLock(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>("select pg_try_advisory_lock($1) as taken", [advisoryLocks.indexerWriter]);
  return rows[0]!.taken;
}

const unavailable = (cause: unknown): AppError => new AppError("DATABASE_UNAVAILABLE", "The connection to Postgres was lost.", { cause });
