import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { forgeBinary } from "../forge-binary.mjs";
import { instrument, readable } from "./instrument.mjs";
import { solidityFiles } from "./parse.mjs";

const TIMEOUT_MS = 180_000;
/** Forge's, below the copy's folder, as contracts/foundry.toml has it. */
const cache = ".build/forge/cache";
/** Gas that a test may use, so that a mutant that never ends does: several times what the longest of ours uses. */
const GAS_LIMIT = 4_000_000_000;
/** Few runs of a fixed seed: a verdict that comes out the same again. The full numbers are npm test's. */
const runs = { FOUNDRY_FUZZ_RUNS: "32", FOUNDRY_INVARIANT_RUNS: "4", FOUNDRY_FUZZ_SEED: "0x1" };
/** Measures the gas of code that is another here. */
const without = ["--no-match-contract", "GasTest"];
/** Take most of the time and say nothing that the others do not, in most cases: asked only when the others saw nothing. */
const quick = ["--no-match-contract", "GasTest|InvariantsTest|EscrowTest", "--no-match-test", "test_generationsRunOut|test_judges"];

/** A copy of the contracts with all mutants in them, compiled once. */
export class Workspace {
  /** @type {import("./sites.mjs").Mutant[]} */
  mutants = [];

  /** @param {string} root - package root @param {string} folder - where the copy is */
  constructor(root, folder) {
    this.root = root;
    this.folder = folder;
    this.fingerprint = fingerprint(root);
  }

  /** Makes the copy, compiles it, and sees that it passes every test while no mutant is chosen. */
  async prepare() {
    const stamp = `${this.folder}prepared.json`;
    const known = existsSync(stamp) ? JSON.parse(readFileSync(stamp, "utf8")) : {};
    if (known.fingerprint === this.fingerprint) {
      this.mutants = known.mutants;
      return;
    }
    rmSync(stamp, { force: true });
    rmSync(`${this.folder}contracts`, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    cpSync(`${this.root}contracts`, `${this.folder}contracts`, { recursive: true });
    for (const name of ["node_modules", "crypto"]) if (!existsSync(this.folder + name)) symlinkSync(this.root + name, this.folder + name);
    const { sources, mutants, stillborn } = instrument(this.root);
    for (const [path, text] of sources) writeFileSync(this.folder + path, text, "latin1");
    for (const name of solidityFiles(`${this.folder}contracts/test`)) {
      const path = `${this.folder}contracts/test/${name}`;
      writeFileSync(path, readable(readFileSync(path, "latin1")), "latin1");
    }
    for (const id of stillborn) console.log(`stillborn  ${id}`);
    const built = await this.#forge(["build"]);
    if (built.status !== 0) throw new Error(`The copy does not compile:\n${built.output}`);
    // The second is no mutant's number either: that choosing a number does something is all that may make a difference.
    for (const number of [0, mutants.length + 1]) {
      const killer = await this.failure(number);
      if (killer !== null) throw new Error(`A test fails without any mutant: ${killer}`);
    }
    this.mutants = mutants;
    writeFileSync(stamp, JSON.stringify({ fingerprint: this.fingerprint, mutants }));
  }

  /**
   * A copy of forge's cache for one of several runs at a time: each run of forge writes its cache, and one that reads it half-written compiles everything again.
   * @param {number} lane @returns {string} its folder, below the copy's
   */
  cacheOf(lane) {
    const folder = `${cache}-${lane}`;
    rmSync(this.folder + folder, { recursive: true, force: true });
    cpSync(this.folder + cache, this.folder + folder, { recursive: true });
    return folder;
  }

  /**
   * Runs the tests with one mutant.
   * @param {number} number - the mutant's
   * @param {readonly string[]} likely - tests to ask first
   * @param {string} own - forge's cache, of `cacheOf`
   * @returns {Promise<string | null>} the first test that failed; null if all passed. Throws if forge tells neither.
   */
  async failure(number, likely = [], own = cache) {
    const few = likely.length === 0 ? null : await this.#test(number, ["--match-test", `^(${likely.join("|")})[(]`], own);
    return few ?? (await this.#test(number, quick, own)) ?? (await this.#test(number, without, own));
  }

  /** @param {number} number @param {string[]} selection @param {string} own @returns {Promise<string | null>} */
  async #test(number, selection, own) {
    const chosen = `0x${number.toString(16).padStart(64, "0")}`;
    const args = ["test", "--fail-fast", "--block-prevrandao", chosen, "--gas-limit", String(GAS_LIMIT), ...selection];
    const { status, output } = await this.#forge(args, own);
    if (status === null) return "no end in sight";
    const failed = /\[FAIL.*?\] (\w+)\(/.exec(output)?.[1];
    if (status !== 0 && failed !== undefined && /Encountered a total of [1-9]\d* failing tests/.test(output)) return failed;
    if (status === 0 && failed === undefined && /\d+ tests passed, 0 failed/.test(output)) return null;
    throw new Error(`Mutant ${number}: forge tells no verdict (exit code ${status}):\n${output.slice(-4000)}`);
  }

  /** @param {string[]} args @param {string} own @returns {Promise<{status: number | null, output: string}>} a status of null: ended for taking too long */
  #forge([command = "", ...args], own = cache) {
    return new Promise((resolve, reject) => {
      const size = ["--code-size-limit", "10000000"];
      const child = spawn(forgeBinary, [command, "--root", this.folder, ...(command === "test" ? size : []), ...args], {
        cwd: this.folder,
        env: { ...process.env, ...runs, FOUNDRY_CONFIG: `${this.folder}contracts/foundry.toml`, FOUNDRY_CACHE_PATH: own, FOUNDRY_DISABLE_NIGHTLY_WARNING: "1" },
      });
      let output = "";
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        child.kill("SIGKILL");
      }, command === "build" ? 10 * TIMEOUT_MS : TIMEOUT_MS);
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
      child.once("error", reject);
      child.once("close", (code) => {
        clearTimeout(timer);
        resolve({ status: late && command === "test" ? null : (code ?? 1), output });
      });
    });
  }
}

/** What verdicts depend on. @param {string} root - package root */
export function fingerprint(root) {
  const hash = createHash("sha256");
  for (const folder of ["contracts/src", "contracts/test"]) {
    for (const name of solidityFiles(`${root}${folder}`)) hash.update(`${name}\0`).update(readFileSync(`${root}${folder}/${name}`));
  }
  for (const file of ["foundry.toml", ...["instrument", "solidity", "yul", "helpers", "sites", "writer", "declarations", "workspace"].map((name) => `tools/mutation/${name}.mjs`)]) {
    hash.update(`${file}\0`).update(readFileSync(`${root}contracts/${file}`));
  }
  return hash.digest("hex").slice(0, 16);
}
