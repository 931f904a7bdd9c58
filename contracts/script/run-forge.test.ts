import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { packageRoot } from "../../platform/package-root.js";

test("what forge fails at fails the command that runs it", () => {
  const run = (args: readonly string[]): number | null => spawnSync(process.execPath, ["contracts/tools/run-forge.mjs", ...args], { cwd: packageRoot() }).status;
  assert.equal(run(["--version"]), 0);
  assert.notEqual(run(["no-such-command"]), 0, "an exit code of npm's wrapper would be 0");
});
