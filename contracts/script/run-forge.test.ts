import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../platform/package-root.js";

test("what forge fails at fails the command that runs it", () => {
  const run = (args: readonly string[]): number | null => spawnSync(process.execPath, ["contracts/tools/run-forge.mjs", ...args], { cwd: packageRoot() }).status;
  assert.equal(run(["--version"]), 0);
  assert.notEqual(run(["no-such-command"]), 0, "an exit code of npm's wrapper would be 0");
});

test("the compiler is asked for its version without being loaded, and tells the same", () => {
  const shim = join(packageRoot(), "contracts/tools/solc");
  const told = (): string => spawnSync(process.execPath, [shim, "--version"], { encoding: "utf8" }).stdout;
  const load = 'const solc = require("solc"); console.log(solc.version()); process.exit()';
  const loaded = spawnSync(process.execPath, ["-e", load], { cwd: packageRoot(), encoding: "utf8" }).stdout;
  assert.match(loaded, /^0\.\d+\.\d+\+commit\./);
  assert.equal(told().split("Version: ")[1], loaded, "first, or from the note");
  assert.equal(told().split("Version: ")[1], loaded, "from the note");
});
