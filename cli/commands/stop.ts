import { resolve } from "node:path";
import { AppError } from "../../schema/errors.js";
import { homeHolder } from "../../platform/embedded/home.js";
import { packageRoot } from "../../platform/package-root.js";

/** Longer than the stack's own orderly stop. */
const LIMIT_MS = 90_000;

/** Asks the stack of this home to stop, and waits until it has. Throws NOT_FOUND when none runs there. */
export async function stop(options: { readonly home: string }): Promise<void> {
  const home = resolve(packageRoot(), options.home);
  const pid = homeHolder(home);
  if (pid === null) throw new AppError("NOT_FOUND", `No stack runs in ${home}.`);
  process.kill(pid, "SIGTERM");
  for (const end = Date.now() + LIMIT_MS; homeHolder(home) === pid; ) {
    if (Date.now() > end) throw new AppError("NOT_READY", `Process ${pid} has not stopped in ${LIMIT_MS / 1000} s.`);
    await new Promise((done) => setTimeout(done, 100));
  }
  process.stdout.write("Stopped.\n");
}
