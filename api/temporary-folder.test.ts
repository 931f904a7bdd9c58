import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { clearAbandoned, makeTemporaryFolder } from "./temporary-folder.js";

test("what a killed process left is cleared; what a running one works with, and what is none of ours, stays", async () => {
  const folder = mkdtempSync(join(tmpdir(), "galen-test-"));
  const own = makeTemporaryFolder("analytics");
  try {
    const killed = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(killed, "spawn");
    killed.kill("SIGKILL");
    await once(killed, "exit");
    const make = (name: string): string => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "rows.duckdb"), "x");
      return join(folder, name);
    };
    const gone = make(`galen-analytics-${killed.pid}-abc`);
    const kept = [make(basename(own)), make("galen-analytics-abc"), make(`galen-export-${killed.pid}-abc`), make(`other-analytics-${killed.pid}-abc`)];
    assert.equal(clearAbandoned("analytics", folder), 1);
    assert.equal(existsSync(gone), false);
    for (const each of kept) assert.ok(existsSync(join(each, "rows.duckdb")), each);
  } finally {
    rmSync(folder, { recursive: true });
    rmSync(own, { recursive: true });
  }
});
