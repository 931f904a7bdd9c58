import { startAnvil, type AnvilOptions } from "../../platform/embedded/anvil.js";
import { openHome } from "../../platform/embedded/home.js";
import type { TestProcess } from "./with-postgres.js";

/** Starts an empty development chain of the test's own: gas price 0, no rich accounts, a block a transaction and a second. */
export async function withAnvil(options: Omit<AnvilOptions, "home"> = {}): Promise<TestProcess> {
  const home = await openHome(null);
  try {
    const anvil = await startAnvil({ durable: false, ...options, home: home.path });
    return {
      url: anvil.url,
      pid: anvil.child.pid,
      stop: async () => {
        await anvil.stop();
        home.release();
      },
    };
  } catch (error) {
    home.release();
    throw error;
  }
}
