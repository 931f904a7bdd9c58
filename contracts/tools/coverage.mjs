/**
 * Coverage of contracts/src by the forge tests: every line, and 95 % of the branches, or it fails.
 *   node contracts/tools/coverage.mjs [--again]
 * Without the invariants: what only they reach has no test of its own. The compiler's IR pipeline, which some of our functions need,
 * says nothing of where inside a block of assembly the program is: a line there counts as covered if a mutant on it was killed in
 * the mutation run (mutate.mjs), which shows that it ran; a branch there, if one in its body was. With `--again`, as there, also if that was before
 * a change of the tests.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse, solidityFiles } from "./mutation/parse.mjs";
import { verdictsOf } from "./mutation/results.mjs";
import { fingerprint } from "./mutation/workspace.mjs";
import { runForge } from "./run-forge.mjs";

const LINES = 1;
const BRANCHES = 0.95;

const root = fileURLToPath(new URL("../../", import.meta.url));
const report = `${root}.build/lcov.info`;
// One way of compiling for all: with profiles forge leaves out the files of all but one, and says nothing.
const config = `${root}.build/coverage.toml`;
mkdirSync(`${root}.build`, { recursive: true });
const profiles = /^(?:additional_compiler_profiles|compilation_restrictions) = \[(?:.*\]$|[^]*?^\])/gm;
writeFileSync(config, readFileSync(`${root}contracts/foundry.toml`, "utf8").replace(profiles, "").replaceAll(".build/forge", ".build/coverage"));
const args = ["--ir-minimum", "--report", "lcov", "--report-file", report, "--exclude-tests", "--no-match-contract", "InvariantsTest|GasTest"];
if (runForge(["coverage", ...args], { stdio: ["ignore", "ignore", "inherit"], env: { FOUNDRY_FUZZ_RUNS: "16", FOUNDRY_CONFIG: config } }) !== 0) process.exit(1);

const paths = solidityFiles(`${root}contracts/src`).map((name) => `contracts/src/${name}`);
const { asts } = parse(root, new Map(paths.map((path) => [path, readFileSync(root + path, "utf8")])));
const killed = killedLines();
const total = { lines: 0, coveredLines: 0, branches: 0, coveredBranches: 0, byMutants: 0 };
/** @type {string[]} */
const missing = [];
/** Files that forge tells of. */
const seen = new Set();

for (const record of readFileSync(report, "utf8").split("end_of_record")) {
  const file = /^SF:contracts\/src\/(.*)$/m.exec(record)?.[1];
  if (file === undefined) continue;
  seen.add(`contracts/src/${file}`);
  const { lines: assembly, bodies } = assemblyOf(file);
  const isKilled = (/** @type {number} */ line) => killed.has(`${file}:${line}`);
  for (const [, line = "", hits] of record.matchAll(/^DA:(\d+),(\d+)/gm)) {
    const byMutant = hits === "0" && assembly.has(Number(line)) && isKilled(Number(line));
    count("lines", hits !== "0" || byMutant, `${file}:${line}`, byMutant);
  }
  for (const [, line = "", path, hits] of record.matchAll(/^BRDA:(\d+),\d+,(\d+),(\d+|-)/gm)) {
    const body = bodies.find((one) => one.condition === Number(line));
    const byMutant = body !== undefined && path === "0" && body.lines.some(isKilled);
    count("branches", Number(hits) > 0 || byMutant, `${file}:${line}, a branch`, byMutant);
  }
}

const silent = paths.filter((path) => hasCode(asts.get(path)) && !seen.has(path));
for (const path of silent) console.log(`not measured: ${path}`);
const [lines, branches] = [total.coveredLines / total.lines, total.coveredBranches / total.branches];
for (const place of missing) console.log(`not covered: ${place}`);
console.log(
  `Lines ${(100 * lines).toFixed(1)} % (${total.coveredLines} of ${total.lines}), branches ${(100 * branches).toFixed(1)} % ` +
    `(${total.coveredBranches} of ${total.branches}); ${total.byMutants} of them, in assembly, known from mutants.`,
);
process.exitCode = silent.length === 0 && lines >= LINES && branches >= BRANCHES ? 0 : 1;

/** @param {any} node @returns {boolean} whether a function with a body is in it */
function hasCode(node) {
  if (node === null || typeof node !== "object") return false;
  if (node.nodeType === "FunctionDefinition" && node.body?.statements.length > 0) return true;
  return Object.values(node).some(hasCode);
}

/** @param {"lines" | "branches"} what @param {boolean} covered @param {string} place @param {boolean} byMutant */
function count(what, covered, place, byMutant) {
  total[what] += 1;
  if (covered) total[what === "lines" ? "coveredLines" : "coveredBranches"] += 1;
  else missing.push(place);
  if (byMutant) total.byMutants += 1;
}

/** @returns {Set<string>} `file:line` of each mutant that a test killed, in these very contracts */
function killedLines() {
  const verdicts = verdictsOf(root, fingerprint(root), process.argv.includes("--again"));
  const prepared = `${root}.build/mutation/work-1-of-1/prepared.json`;
  /** @type {{id: string, file: string, line: number}[]} */
  const mutants = existsSync(prepared) ? JSON.parse(readFileSync(prepared, "utf8")).mutants : [];
  return new Set(mutants.filter(({ id }) => typeof verdicts.get(id) === "string").map(({ file, line }) => `${file}:${line}`));
}

/**
 * @param {string} file
 * @returns {{lines: Set<number>, bodies: {condition: number, lines: number[]}[]}} lines of assembly; and each `if` in it
 */
function assemblyOf(file) {
  const source = readFileSync(`${root}contracts/src/${file}`);
  const lineAt = (/** @type {number} */ offset) => source.subarray(0, offset).toString().split("\n").length;
  const linesOf = (/** @type {any} */ node) => {
    const [start, length] = node.src.split(":").map(Number);
    const first = lineAt(start);
    return Array.from({ length: lineAt(start + length) - first + 1 }, (_, index) => first + index);
  };
  /** @type {Set<number>} */
  const lines = new Set();
  /** @type {{condition: number, lines: number[]}[]} */
  const bodies = [];
  const walk = (/** @type {any} */ node) => {
    if (node === null || typeof node !== "object") return;
    if (node.nodeType === "InlineAssembly") for (const line of linesOf(node)) lines.add(line);
    if (node.nodeType === "YulIf") bodies.push({ condition: linesOf(node)[0] ?? 0, lines: linesOf(node.body) });
    for (const child of Object.values(node)) walk(child);
  };
  walk(asts.get(`contracts/src/${file}`));
  return { lines, bodies };
}
