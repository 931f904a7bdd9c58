import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { homeHolder, openHome } from "./home.js";
import { processStart } from "./process-start.js";

test("a home is held by one process alone, and can be taken after it", async () => {
  const home = await openHome(null);
  assert.equal(homeHolder(home.path), process.pid);
  await assert.rejects(openHome(home.path), { code: "CONFLICT", details: { pid: process.pid } });
  home.release();
  assert.equal(homeHolder(home.path), null);
  assert.ok(!existsSync(home.path), "a temporary home vanishes");
});

test("the lock of a dead process, or of another with its pid, is taken over", async () => {
  const outer = await openHome(null);
  try {
    const path = join(outer.path, "inner");
    (await openHome(path)).release();
    for (const holder of [{ pid: 4_194_301, started: "1" }, { pid: process.pid, started: "1" }, null]) {
      writeFileSync(join(path, "lock"), holder === null ? "{ half" : JSON.stringify(holder));
      assert.equal(homeHolder(path), null);
      const home = await openHome(path);
      assert.equal(homeHolder(path), process.pid);
      home.release();
    }
    assert.equal(statSync(path).mode & 0o777, 0o711);
  } finally {
    outer.release();
  }
});

test("of two starts at once one wins, also over a dead holder's lock", async () => {
  const outer = await openHome(null);
  try {
    const path = join(outer.path, "inner");
    (await openHome(path)).release();
    writeFileSync(join(path, "lock"), JSON.stringify({ pid: 4_194_301, started: "1" }));
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => openHome(path)));
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  } finally {
    outer.release();
  }
});

test("children that a crash left running are stopped by the next start; a stranger with a noted pid is not", async () => {
  const outer = await openHome(null);
  const leftover = spawn("/bin/sleep", ["60"]);
  const stranger = spawn("/bin/sleep", ["60"]);
  try {
    const path = join(outer.path, "inner");
    const crashed = await openHome(path);
    crashed.noteChildren([{ name: "redis-server", pid: leftover.pid as number }]);
    const notes = [
      { name: "redis-server", pid: leftover.pid, started: processStart(leftover.pid as number) },
      { name: "anvil", pid: stranger.pid, started: "1" },
    ];
    writeFileSync(join(path, "children.json"), JSON.stringify(notes));
    writeFileSync(join(path, "lock"), JSON.stringify({ pid: 4_194_301, started: "1" }));
    const next = await openHome(path);
    assert.equal(processStart(leftover.pid as number), null);
    assert.notEqual(processStart(stranger.pid as number), null);
    next.release();
  } finally {
    leftover.kill();
    stranger.kill();
    outer.release();
  }
});
