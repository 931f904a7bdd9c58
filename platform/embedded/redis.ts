import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { AppError } from "../../schema/errors.js";
import { startChild, waitUntilReady, type Child } from "./child.js";
import { freePort } from "./free-port.js";
import { findRedisServer } from "./find-redis-server.js";
import { secretFile } from "./secret-file.js";

export interface RedisOptions {
  /** Folder of the stack; data is kept in `<home>/redis`, the password in `<home>/keys/redis-password`. */
  readonly home: string;
  /** Any free one unless told; PORT_IN_USE when it is taken. */
  readonly port?: number;
  /** A Redis that somebody else runs (REDIS_URL): it is tried, and used instead. */
  readonly url?: string | undefined;
  /** False: nothing is kept on disk (tests, demo). True unless told. */
  readonly durable?: boolean;
  /** Told of what takes long: an installation. */
  readonly onProgress?: (line: string) => void;
}

export interface RunningRedis {
  /** With the password in it. */
  readonly url: string;
  /** Null for a Redis that is not ours. */
  readonly child: Child | null;
  readonly stop: () => Promise<void>;
}

/** Starts (or finds) the queue's Redis: append-only file, no eviction. Throws REDIS_UNAVAILABLE, saying what to do. */
export async function startRedis({ home, port: wanted, url: given, durable = true, onProgress }: RedisOptions): Promise<RunningRedis> {
  if (given !== undefined) {
    await ping(given).catch((cause: unknown) => {
      throw new AppError("REDIS_UNAVAILABLE", `REDIS_URL is set, but no Redis answers there: ${(cause as Error).message}`, { cause });
    });
    return { url: given, child: null, stop: () => Promise.resolve() };
  }
  const command = await findRedisServer(onProgress);
  const folder = join(home, "redis");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const password = secretFile(join(home, "keys", "redis-password"));
  const port = await freePort(wanted);
  const child = await startChild({
    name: "redis-server",
    command,
    args: ["-"],
    // By standard input, so that the password stands in no process list.
    input: [
      "bind 127.0.0.1",
      `port ${port}`,
      `requirepass ${password}`,
      "protected-mode yes",
      "daemonize no",
      `dir "${folder}"`,
      `appendonly ${durable ? "yes" : "no"}`,
      "appendfsync everysec",
      'save ""',
      "maxmemory-policy noeviction",
      "",
    ].join("\n"),
    cwd: folder,
    logFile: join(home, "logs", "redis.log"),
  });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  await waitUntilReady(child, "REDIS_UNAVAILABLE", () => ping(url), 10_000);
  return { url, child, stop: child.stop };
}

/** @returns true once Redis answers, false while it still loads its file. Throws when it cannot be reached. */
async function ping(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 3_000, maxRetriesPerRequest: 0, enableReadyCheck: false });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === "PONG";
  } finally {
    redis.disconnect();
  }
}
