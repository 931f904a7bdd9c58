import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startChild, waitUntilReady } from "./child.js";
import { openHome } from "./home.js";
import { processStart } from "./process-start.js";

test("a child that ends while starting is reported with its last words", async () => {
  const home = await openHome(null);
  try {
    const child = await startChild({ name: "sulky", command: "/bin/sh", args: ["-c", "echo fine; echo no space left >&2; exit 3"], logFile: join(home.path, "sulky.log") });
    await assert.rejects(
      waitUntilReady(child, "DATABASE_UNAVAILABLE", () => Promise.resolve(false), 5_000),
      { code: "DATABASE_UNAVAILABLE", message: "sulky ended while starting (exit code 3). Its last words:\nfine\nno space left" },
    );
  } finally {
    home.release();
  }
});

test("a child that never is ready is stopped when its time is over", async () => {
  const home = await openHome(null);
  try {
    const child = await startChild({ name: "slow", command: "/bin/sleep", args: ["60"], logFile: join(home.path, "slow.log") });
    await assert.rejects(waitUntilReady(child, "NOT_READY", () => Promise.reject(new Error("not yet")), 200), { code: "NOT_READY", message: /slow was not ready after 0.2 s/ });
    assert.ok(child.hasExited());
  } finally {
    home.release();
  }
});

test("a child that ignores the request to end is killed", async () => {
  const home = await openHome(null);
  try {
    const logFile = join(home.path, "stubborn.log");
    const child = await startChild({ name: "stubborn", command: "/bin/sh", args: ["-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"], logFile, stopTimeoutMs: 300 });
    await waitUntilReady(child, "NOT_READY", () => Promise.resolve(child.lastLines() === "up"), 5_000);
    await child.stop();
    assert.equal((await child.exited).signal, "SIGKILL");
  } finally {
    home.release();
  }
});

test("a program that is not there is named", async () => {
  const home = await openHome(null);
  try {
    await assert.rejects(startChild({ name: "ghost", command: join(home.path, "ghost"), args: [], logFile: join(home.path, "ghost.log") }), { code: "INTERNAL", message: /Cannot start ghost/ });
  } finally {
    home.release();
  }
});

test("children and temporary folders do not outlive a parent that is killed", async () => {
  const outer = await openHome(null);
  try {
    const script = join(outer.path, "parent.mjs");
    const note = join(outer.path, "note.json");
    const from = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);
    writeFileSync(
      script,
      `import { writeFileSync } from "node:fs";
       import { openHome } from ${from("./home.js")};
       import { startChild } from ${from("./child.js")};
       const home = await openHome(null);
       const options = { args: ["60"], command: "/bin/sleep", logFile: home.path + "/log" };
       const children = [await startChild({ name: "one", ...options }), await startChild({ name: "two", ...options, stopSignal: "INT" })];
       writeFileSync(${JSON.stringify(note)}, JSON.stringify({ home: home.path, pids: children.map((child) => child.pid) }));
       setInterval(() => undefined, 1000);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: "inherit" });
    const waitFor = async (what: string, check: () => boolean): Promise<void> => {
      for (let tries = 0; !check(); tries += 1) {
        assert.ok(tries < 150, `${what}: not after 15 s`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    await waitFor("the parent has its children", () => existsSync(note) && readFileSync(note, "utf8").endsWith("}"));
    const { home, pids } = JSON.parse(readFileSync(note, "utf8")) as { home: string; pids: number[] };
    for (const pid of pids) assert.notEqual(processStart(pid), null);
    parent.kill("SIGKILL");
    await waitFor("the children have ended", () => pids.every((pid) => processStart(pid) === null));
    await waitFor("the temporary home is gone", () => !existsSync(home));
  } finally {
    outer.release();
  }
});
