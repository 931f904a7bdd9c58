/** Runs npm's forge from the package root with this room's configuration: `node contracts/tools/run-forge.mjs test …`. */
import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { forgeBinary } from "./forge-binary.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * @param {string[]} args - forge's own arguments, without `--root`
 * @param {import("node:child_process").SpawnSyncOptions} options
 * @returns {number} forge's exit code
 */
export function runForge(args, options = {}) {
  const [command = "--help", ...rest] = args;
  const { status, error } = spawnSync(forgeBinary, [command, "--root", root, ...rest], {
    cwd: root,
    stdio: "inherit",
    ...options,
    env: { ...process.env, FOUNDRY_CONFIG: `${root}contracts/foundry.toml`, ...options.env, FOUNDRY_DISABLE_NIGHTLY_WARNING: "1" },
  });
  if (error) throw error;
  return status ?? 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = runForge(process.argv.slice(2));
