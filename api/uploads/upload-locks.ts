import { createHash } from "node:crypto";
import { ERRORS, type Locker } from "@tus/server";
import pg from "pg";
import { advisoryLocks } from "../../platform/database/advisory-locks.js";
import type { Logger } from "../../platform/log.js";

/** A channel on which whoever holds a lock is asked to let go: a client that comes back must not wait for its own dead connection. */
const channel = "upload_lock";
const retryMs = 100;
const giveUpMs = 15_000;

interface Holder {
  letGo: () => void | Promise<void>;
  /** False while it only tries. */
  holds: boolean;
}

/**
 * One writer an upload, over all api processes: advisory locks on one connection of their own. A process that dies loses its connection,
 * and with it its locks; one that loses its connection stops its uploads.
 */
export function createUploadLocks({ url, log }: { url: string; log: Logger }): Locker & { close(): Promise<void> } {
  const holders = new Map<string, Holder>();
  let connection: Promise<pg.Client> | undefined;

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url, application_name: "galen-upload-locks", keepAlive: true });
    const onLost = (error?: Error): void => {
      connection = undefined;
      if (error) log.warn({ error }, "the upload locks' connection was lost");
      for (const holder of holders.values()) void holder.letGo();
    };
    client.on("error", onLost);
    client.on("notification", ({ payload }) => {
      // Whoever asks is told as well, and so are others who wait: only the one who holds it is meant.
      const holder = holders.get(payload ?? "");
      if (holder?.holds) void holder.letGo();
    });
    await client.connect();
    client.on("end", () => onLost());
    await client.query(`listen ${channel}`);
    return client;
  };
  const client = (): Promise<pg.Client> => {
    connection ??= connect().catch((error: unknown) => {
      connection = undefined;
      throw error;
    });
    return connection;
  };

  const acquire = async (id: string, letGo: Holder["letGo"], signal: AbortSignal): Promise<void> => {
    for (const end = Date.now() + giveUpMs; Date.now() < end && !signal.aborted; ) {
      const holder = holders.get(id);
      if (holder) await holder.letGo();
      else {
        const mine: Holder = { letGo, holds: false };
        holders.set(id, mine); // before the first await: in this process nobody else gets in between
        try {
          const db = await client();
          const { rows } = await db.query<{ held: boolean }>("select pg_try_advisory_lock($1, $2) as held", [advisoryLocks.uploads, lockKey(id)]);
          if (rows[0]?.held) {
            mine.holds = true;
            return;
          }
          await db.query("select pg_notify($1, $2)", [channel, id]);
        } catch (error) {
          holders.delete(id);
          throw error;
        }
        holders.delete(id);
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
    throw new LockTimeoutError();
  };

  return {
    newLock: (id) => ({
      lock: (signal, letGo) => acquire(id, letGo, signal),
      async unlock() {
        try {
          await (await client()).query("select pg_advisory_unlock($1, $2)", [advisoryLocks.uploads, lockKey(id)]);
        } finally {
          holders.delete(id);
        }
      },
    }),
    async close() {
      const open = await connection?.catch(() => undefined);
      open?.removeAllListeners();
      await open?.end();
    },
  };
}

/** As the protocol's server wants its errors: with a status and a body. */
class LockTimeoutError extends Error {
  readonly status_code = ERRORS.ERR_LOCK_TIMEOUT.status_code;
  readonly body = ERRORS.ERR_LOCK_TIMEOUT.body;
}

/** 32 bits of the id. Two uploads with the same ones merely wait for each other. */
const lockKey = (id: string): number => createHash("sha256").update(id).digest().readInt32BE(0);
