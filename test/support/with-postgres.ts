import { openHome } from "../../platform/embedded/home.js";
import { startPostgres } from "../../platform/embedded/postgres.js";

export interface TestService {
  readonly url: string;
  /** Stops it and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** Starts an empty Postgres of the test's own (about half a second), on a free port and in a temporary folder. */
export async function withPostgres(): Promise<TestService> {
  const home = await openHome(null);
  try {
    const postgres = await startPostgres({ home: home.path, durable: false });
    return {
      url: postgres.url,
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
