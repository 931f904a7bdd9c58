import { openHome } from "../../platform/embedded/home.js";
import { startRedis } from "../../platform/embedded/redis.js";
import type { TestService } from "./with-postgres.js";

/** Starts an empty Redis of the test's own, on a free port and in a temporary folder. */
export async function withRedis(): Promise<TestService> {
  const home = await openHome(null);
  try {
    const redis = await startRedis({ home: home.path, durable: false });
    return {
      url: redis.url,
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
