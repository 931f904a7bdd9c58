import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../../schema/errors.js";
import { packageRoot } from "../../platform/package-root.js";

interface Stage {
  readonly name: string;
  /** Arguments of node: one command after the other. */
  readonly commands: readonly (readonly string[])[];
  readonly env?: NodeJS.ProcessEnv;
  /** Whether the last line of each command is worth reading when all is well. */
  readonly tells?: true;
}

/** Checks at once: each takes a core. */
const CONCURRENCY = 2;
/** Files of tests at once: those that start a stack wait half of their time, for blocks, time-outs and the ends of processes. */
const FILES_AT_ONCE = 3;
/** Of a whole file of tests: some kill processes for minutes, and machines may be busy. */
const TEST_TIMEOUT_MS = 900_000;

const bin = (file: string): string => join("node_modules", file);

/** What is checked before the tests run. Output is shown when one fails. */
const stages: readonly Stage[] = [
  { name: "types", commands: [[bin("typescript/lib/tsc.js"), "--noEmit", "--tsBuildInfoFile", ".build/types.tsbuildinfo"]] },
  { name: "lint", commands: [[bin("eslint/bin/eslint.js"), "--cache", "--cache-location", ".build/eslint/", "--max-warnings", "0", "."]] },
  // One after the other: forge locks its cache, and the gas is what the tests measured.
  { name: "contracts, their gas and ABI", commands: [["contracts/tools/run-forge.mjs", "test"], ["contracts/tools/check-gas.mjs"], ["contracts/tools/generate-abi.mjs", "--check"]] },
  { name: "lint of the contracts", commands: [[bin("solhint/solhint.js"), "--config", "contracts/.solhint.json", "--max-warnings", "0", "contracts/src/**/*.sol"]] },
  { name: "unused code", commands: [[bin("knip/bin/knip.js"), "--no-progress"]] },
];

/** The long versions, one after the other: each takes all cores. */
const deepStages: readonly Stage[] = [
  { name: "contracts under long fuzzing", commands: [["contracts/tools/run-forge.mjs", "test", "--no-match-contract", "GasTest"]], env: { FOUNDRY_PROFILE: "deep" } },
  { name: "proofs of the escrow", commands: [["contracts/tools/prove.mjs"]], tells: true },
  // Coverage reads what the mutants tell of inline assembly.
  { name: "mutants of the contracts, their coverage", commands: [["contracts/tools/mutate.mjs"], ["contracts/tools/coverage.mjs"]], tells: true },
];

/**
 * Runs everything that must hold. The checks come first (each named, with its output if it fails), then `node --test`, whose closing
 * count is the last thing printed. Exit code 1 when anything failed.
 * @param rooms - if any: only the Node tests below these folders
 */
export async function test(rooms: readonly string[], options: { readonly deep?: true }): Promise<void> {
  const root = packageRoot();
  const env = { ...process.env, ...(options.deep ? { GALEN_DEEP: "1" } : {}) };
  const failed = rooms.length === 0 ? await runStages(stages, CONCURRENCY, root, env) : [];
  if (rooms.length === 0 && options.deep) failed.push(...(await runStages(deepStages, 1, root, env)));
  if (failed.length > 0) process.stdout.write(`\nFAILED before the tests: ${failed.join(", ")}\n\n`);

  const compiled = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const files = testFiles(compiled).filter((file) => rooms.length === 0 || rooms.some((room) => isBelow(relative(compiled, file), room)));
  if (files.length === 0) throw new AppError("NOT_FOUND", `No tests below ${rooms.join(", ")}.`);
  const code = await run(["--enable-source-maps", "--test", "--test-reporter=spec", `--test-concurrency=${FILES_AT_ONCE}`, `--test-timeout=${TEST_TIMEOUT_MS}`, ...files], root, env, null);
  process.exitCode = failed.length > 0 || code !== 0 ? 1 : 0;
}

/** @returns the names of the stages that failed */
async function runStages(list: readonly Stage[], concurrency: number, root: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const waiting = [...list];
  const failed: string[] = [];
  const worker = async (): Promise<void> => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) {
      const began = Date.now();
      const output: string[] = [];
      let code = 0;
      const told: string[] = [];
      for (const command of stage.commands) {
        code ||= await run(command, root, { ...env, ...stage.env }, output);
        told.push(output.join("").trimEnd().split("\n").at(-1) ?? "");
      }
      process.stdout.write(`${code === 0 ? "✔" : "✖"} ${stage.name} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
      if (code === 0 && stage.tells) process.stdout.write(`  ${told.join("\n  ")}\n`);
      if (code !== 0) {
        failed.push(stage.name);
        process.stdout.write(`${output.join("").trimEnd()}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return failed;
}

/** Runs node; with its output collected, or (null) shown as it comes. @returns the exit code */
function run(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv, output: string[] | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: output === null ? "inherit" : ["ignore", "pipe", "pipe"] });
    child.stdout?.on("data", (chunk: Buffer) => output?.push(chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => output?.push(chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/** Every compiled test, in a stable order. */
function testFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return testFiles(path);
      return entry.name.endsWith(".test.js") ? [path] : [];
    })
    .sort();
}

function isBelow(file: string, room: string): boolean {
  const wanted = room.replace(/\/+$/, "").replace(/\.ts$/, ".js");
  return file === wanted || file.startsWith(`${wanted}/`);
}
