/**
 * Mutation run: changes the contracts one place at a time, in a copy, and expects a test to fail.
 *   node contracts/tools/mutate.mjs [--shard 1/4] [--limit N] [--out FILE]
 * Resumable: results are appended to the file (.build/mutation/results.jsonl), and what is in it is not tried again. Fails if fewer
 * than 95 % of what was tried was killed by a test. Survivors that change nothing observable stand in contracts/mutation-survivors.json
 * with the reason, and count as killed.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { values } = parseArgs({ options: { shard: { type: "string", default: "1/1" }, limit: { type: "string" }, out: { type: "string" } } });
const [shard, shards] = values.shard.split("/").map(Number);
const home = join(root, ".build/mutation");
const work = join(home, `work-${shard}-of-${shards}`);
const results = values.out ?? join(home, "results.jsonl");

/** What is changed into what. Each occurrence in code is one mutant. */
const operators = [
  ["comparison", / >= /g, " > "],
  ["comparison", / <= /g, " < "],
  ["comparison", / > /g, " >= "],
  ["comparison", / < /g, " <= "],
  ["comparison", / == /g, " != "],
  ["comparison", / != /g, " == "],
  ["logic", / && /g, " || "],
  ["logic", / \|\| /g, " && "],
  ["arithmetic", / \+ /g, " - "],
  ["arithmetic", / - /g, " + "],
  ["arithmetic", / \* /g, " / "],
  ["arithmetic", / \+= /g, " -= "],
  ["bits", / \| /g, " & "],
  ["bits", / & /g, " | "],
  ["check removed", /^ +_require\w+\(.*\);$/gm, ""],
  ["check removed", /^ +_runningTime\(\);$/gm, ""],
  ["check removed", /^ +if \(.*\) revert \w+\(.*\);$/gm, ""],
  ["access removed", / restricted\b/g, ""],
  ["access removed", / nonReentrant\b/g, ""],
  ["statement removed", /^ +(?:emit |_credits|_orders|_listings|listingOfKeyImage|anchorIndexOf).*;$/gm, ""],
];

const accepted = new Set(JSON.parse(readFileSync(join(root, "contracts/mutation-survivors.json"), "utf8")).map((/** @type {{id: string}} */ { id }) => id));

/** @returns {{id: string, file: string, operator: string, text: string}[]} */
function mutants() {
  const found = [];
  for (const file of sources(join(root, "contracts/src"))) {
    const source = readFileSync(join(root, "contracts/src", file), "utf8");
    for (const [operator, pattern, replacement] of operators) {
      for (const match of source.matchAll(pattern)) {
        const line = source.slice(0, match.index).split("\n").length;
        const whole = source.split("\n")[line - 1].trim();
        if (/^(\/\/|\*|import|pragma)/.test(whole)) continue;
        const text = source.slice(0, match.index) + match[0].replace(match[0], replacement) + source.slice(match.index + match[0].length);
        const column = match.index - source.lastIndexOf("\n", match.index);
        found.push({ id: `${file}:${line}:${column}: ${operator}: ${match[0].trim()} → ${replacement.trim() || "nothing"}`, file, operator, text });
      }
    }
  }
  return found;
}

/** @param {string} folder */
function sources(folder) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".sol") && !name.startsWith("interfaces") && name !== "Dependencies.sol")
    .sort();
}

mkdirSync(work, { recursive: true });
cpSync(join(root, "contracts"), join(work, "contracts"), { recursive: true });
for (const name of ["node_modules", "crypto", "package.json"]) if (!existsSync(join(work, name))) symlinkSync(join(root, name), join(work, name));

/** @param {string[]} args */
function forge(args) {
  return spawnSync(join(root, "node_modules/.bin/forge"), [args[0], "--root", work, ...args.slice(1)], {
    cwd: work,
    encoding: "utf8",
    timeout: 600_000,
    env: { ...process.env, FOUNDRY_CONFIG: join(work, "contracts/foundry.toml"), FOUNDRY_FUZZ_RUNS: "32", FOUNDRY_INVARIANT_RUNS: "4" },
  });
}

const done = new Map(existsSync(results) ? readFileSync(results, "utf8").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line)).map((r) => [r.id, r]) : []);
const all = mutants();
const mine = all.filter((_, index) => index % shards === shard - 1);
const todo = mine.filter(({ id }) => !done.has(id)).slice(0, values.limit === undefined ? undefined : Number(values.limit));
console.log(`${all.length} mutants, ${mine.length} in this shard, ${todo.length} to try.`);
for (const { id, file, text } of todo) {
  const path = join(work, "contracts/src", file);
  const original = readFileSync(path, "utf8");
  writeFileSync(path, text);
  const tests = forge(["test", "--fail-fast", "--no-match-test", "test_generationsRunOut|test_judges", "--no-match-contract", "GasTest"]);
  writeFileSync(path, original);
  // A mutant that does not compile says nothing about the tests.
  // Told by the output: with --fail-fast forge's exit code is 0 whatever happened.
  const output = tests.stdout + tests.stderr;
  const passed = tests.status === 0 && /tests passed, 0 failed/.test(output);
  const outcome = /Compiler run failed/.test(output) ? "stillborn" : passed ? "survived" : "killed";
  const result = { id, outcome };
  done.set(id, result);
  appendFileSync(results, `${JSON.stringify(result)}\n`);
  console.log(`${outcome}  ${id}`);
}

const tried = mine.map(({ id }) => done.get(id)).filter((result) => result !== undefined && result.outcome !== "stillborn");
const survivors = tried.filter(({ outcome, id }) => outcome === "survived" && !accepted.has(id));
const rate = tried.length === 0 ? 1 : 1 - survivors.length / tried.length;
for (const { id } of survivors) console.log(`SURVIVED  ${id}`);
console.log(`${tried.length} tried, ${(100 * rate).toFixed(1)} % killed (or known to change nothing).`);
process.exitCode = rate >= 0.95 ? 0 : 1;
