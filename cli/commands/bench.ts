import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../../schema/errors.js";
import { packageRoot } from "../../platform/package-root.js";

/** The folder of the compiled benches. */
const benches = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "bench");
const suffix = ".bench.js";

/**
 * Runs `bench/<name>.bench.ts` with the options that follow its name; the exit code is the bench's: 1 when a bar is missed.
 * @throws AppError NOT_FOUND that names the benches there are.
 */
export async function bench(name: string, options: readonly string[]): Promise<void> {
  const file = join(benches, `${name}${suffix}`);
  if (!existsSync(file)) {
    const names = readdirSync(benches).filter((each) => each.endsWith(suffix)).map((each) => each.slice(0, -suffix.length));
    throw new AppError("NOT_FOUND", `There is no bench ${name}; there are: ${names.join(", ")}.`);
  }
  const child = spawn(process.execPath, ["--enable-source-maps", file, ...options], { cwd: packageRoot(), stdio: "inherit" });
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
