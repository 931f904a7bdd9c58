import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../platform/package-root.js";

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout of two files with the real bootstrap and the installed packages, in a folder that vanishes. */
async function inCheckout(work: (checkout: { write: (path: string, text: string) => void; remove: (path: string) => void; has: (path: string) => boolean; run: (...args: string[]) => Promise<Outcome> }) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "galen-checkout-"));
  try {
    const write = (path: string, text: string): void => {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    for (const file of ["package.json", "package-lock.json", "tsconfig.json", "cli/bootstrap.mjs"]) {
      mkdirSync(join(folder, file, ".."), { recursive: true });
      cpSync(join(packageRoot(), file), join(folder, file));
    }
    symlinkSync(join(packageRoot(), "node_modules"), join(folder, "node_modules"));
    write("cli/main.ts", 'import { word } from "../schema/word.js";\nexport const main = async (args: string[]): Promise<void> => void process.stdout.write(`${word} ${args.join(" ")}\\n`);\n');
    write("schema/word.ts", 'export const word: string = "one";\n');
    const run = (...args: string[]): Promise<Outcome> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, ["cli/bootstrap.mjs", ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
        let stdout = "";
        let stderr = "";
        child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
        child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
        child.once("close", (code) => resolve({ code, stdout, stderr }));
      });
    await work({ write, remove: (path) => rmSync(join(folder, path)), has: (path) => existsSync(join(folder, path)), run });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("compiles what changed, nothing else, and hands the arguments over", async () => {
  await inCheckout(async ({ write, has, run }) => {
    assert.deepEqual(await run("a", "--b"), { code: 0, stdout: "one a --b\n", stderr: "galen: Compiling TypeScript.\n" });
    assert.deepEqual(await run("again"), { code: 0, stdout: "one again\n", stderr: "" });
    write("schema/word.ts", 'export const word: string = "another";\n');
    write("schema/passing.ts", "export const passing = 1;\n");
    assert.equal((await run()).stdout, "another \n");
    assert.ok(has("dist/schema/passing.js"));
  });
});

test("outputs whose source is gone are removed, and outputs that are gone are made again", async () => {
  await inCheckout(async ({ write, remove, has, run }) => {
    write("test/old.test.ts", "export {};\n");
    await run();
    assert.ok(has("dist/test/old.test.js"));
    remove("test/old.test.ts");
    write("test/new.test.ts", "export {};\n");
    await run();
    assert.ok(!has("dist/test/old.test.js") && !has("dist/test/old.test.js.map"));
    assert.ok(has("dist/test/new.test.js"));
    // Somebody removed outputs, but left the compiler's notes of what it had written.
    remove("dist/cli/main.js");
    assert.equal((await run()).code, 0);
  });
});

test("a syntax error fails, is shown, and is not forgotten by the next run", async () => {
  await inCheckout(async ({ write, run }) => {
    write("schema/word.ts", "export const word: string = ;\n");
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { code, stdout, stderr } = await run();
      assert.equal(code, 1);
      assert.equal(stdout, "");
      assert.match(stderr, /schema\/word\.ts\(1,29\): error TS1109[^]*galen: The TypeScript compiler failed/);
    }
  });
});

test("several at once all run, over a lock that a dead process left", async () => {
  await inCheckout(async ({ write, run }) => {
    write(".build/bootstrap.lock", "4194301");
    const outcomes = await Promise.all(["x", "y", "z"].map((word) => run(word)));
    assert.deepEqual(outcomes.map(({ code, stdout }) => [code, stdout]), [[0, "one x\n"], [0, "one y\n"], [0, "one z\n"]]);
    assert.equal(outcomes.filter(({ stderr }) => stderr.includes("Compiling")).length, 1);
  });
});
