import { Redis } from "ioredis";
import { AppError } from "../../schema/errors.js";
import { retryUntil } from "../retry.js";

/**
 * A connection as BullMQ wants it (no limit of retries a request, so that a lost Redis is waited for).
 * @throws AppError REDIS_UNAVAILABLE when Redis cannot be reached in time.
 */
export async function connectRedis(options: { url: string; connectTimeoutMs?: number }): Promise<Redis> {
  const { protocol, host } = new URL(options.url);
  const open = async (): Promise<Redis> => {
    const redis = new Redis(options.url, { maxRetriesPerRequest: null, lazyConnect: true, enableReadyCheck: true, retryStrategy: () => null });
    redis.on("error", () => undefined); // told by connect()'s rejection
    try {
      await redis.connect();
    } catch (error) {
      redis.disconnect();
      throw error;
    }
    // From here on a lost connection is opened again for ever: the jobs wait.
    redis.options.retryStrategy = (times): number => Math.min(50 * 2 ** times, 2_000);
    return redis;
  };
  try {
    return await retryUntil(open, { timeoutMs: options.connectTimeoutMs ?? 30_000 });
  } catch (cause) {
    throw new AppError("REDIS_UNAVAILABLE", `Cannot reach Redis at ${protocol}//${host}.`, { cause });
  }
}
