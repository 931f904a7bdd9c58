import { openHome } from "../../platform/embedded/home.js";
import { startRedis } from "../../platform/embedded/redis.js";
import type { TestProcess } from "./with-postgres.js";

/** Starts an empty Redis of the test's own, on a free port and in a temporary folder. @param durable - it keeps its file, as in production. */
export async function withRedis({ durable = false } = {}): Promise<TestProcess> {
  const home = await openHome(null);
  try {
    const redis = await startRedis({ home: home.path, durable });
    return {
      url: redis.url,
      pid: redis.child?.pid ?? 0, // always ours
      stop: async () => {
        await redis.stop();
        home.release();
      },
    };
  } catch (error) {
    home.release();
    throw error;
  }
}
