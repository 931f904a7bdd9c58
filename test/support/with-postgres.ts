import { openHome } from "../../platform/embedded/home.js";
import { startPostgres } from "../../platform/embedded/postgres.js";

export interface TestService {
  readonly url: string;
  /** Stops it and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** A service that is one process, with children perhaps. */
export interface TestProcess extends TestService {
  readonly pid: number;
}

/** Starts an empty Postgres of the test's own (about half a second), on a free port and in a temporary folder. @param durable - it syncs to the disk, as in production. */
export async function withPostgres({ durable = false } = {}): Promise<TestProcess> {
  const home = await openHome(null);
  try {
    const postgres = await startPostgres({ home: home.path, durable });
    return {
      url: postgres.url,
      pid: postgres.child.pid,
      stop: async () => {
        await postgres.stop();
        home.release();
      },
    };
  } catch (error) {
    home.release();
    throw error;
  }
}
