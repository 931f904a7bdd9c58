/**
 * Proves the escrow's accounting (contracts/proofs/Escrow.sol) with solc's SMTChecker and z3: for any number of steps, in any
 * order. Then plants faults, and expects the proof to fail: so it is known to look. Needs Debian's z3; without it, says so and ends well.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const solc = createRequire(import.meta.url)("solc");
// soljson installs handlers that turn an error into a hang.
process.removeAllListeners("uncaughtException");
process.removeAllListeners("unhandledRejection");

/** solc's code of "CHC: Assertion violation check is safe!". */
const PROVED = "9576";
/** Of one query. The slowest takes some seconds on an idle core. */
const TIMEOUT_MS = 300_000;
/** What makes the model wrong, each in another assertion. */
const faults = [
  { what: "a payout before delivery", from: "require(status == Status.DELIVERED);\n        require(byBuyer", to: "require(status == Status.PAID || status == Status.DELIVERED);\n        require(byBuyer" },
  { what: "a refund after the payout", from: "require(status == Status.PAID && time > deadline);", to: "require(time > deadline);" },
  { what: "a fee that nobody gets", from: "credits += fee;", to: "" },
];

const source = readFileSync(fileURLToPath(new URL("../proofs/Escrow.sol", import.meta.url)), "utf8");
const expected = source.match(/\bassert\(/g)?.length ?? 0;

if (spawnSync("z3", ["--version"]).status !== 0) {
  console.log("Skipped: z3 is not installed (apt-get install z3).");
} else {
  const proved = provedOf(source);
  if (proved !== expected) fail(`Only ${proved} of ${expected} assertions on the escrow are proved.`);
  for (const { what, from, to } of faults) {
    const faulty = source.replace(from, to);
    if (faulty === source) fail(`The fault "${what}" cannot be planted: its place is gone.`);
    if (provedOf(faulty) === expected) fail(`The proof does not see ${what}.`);
  }
  if (process.exitCode !== 1) console.log(`${expected} assertions on the escrow's accounting are proved, and ${faults.length} planted faults seen.`);
}

/** @param {string} text @returns {number} assertions that hold whatever happens */
function provedOf(text) {
  const input = {
    language: "Solidity",
    sources: { "Escrow.sol": { content: text } },
    settings: {
      modelChecker: { engine: "chc", solvers: ["smtlib2"], targets: ["assert"], showProvedSafe: true },
      outputSelection: { "*": { "*": ["abi"] } },
    },
  };
  const smtSolver = (/** @type {string} */ query) => {
    const { stdout } = spawnSync("z3", ["-in", `-T:${TIMEOUT_MS / 1000}`], { input: query, encoding: "utf8" });
    return { contents: stdout };
  };
  const { errors = [] } = JSON.parse(solc.compile(JSON.stringify(input), { smtSolver }));
  const broken = errors.find((/** @type {any} */ { severity }) => severity === "error");
  if (broken !== undefined) throw new Error(broken.formattedMessage);
  return errors.filter((/** @type {any} */ { errorCode }) => errorCode === PROVED).length;
}

/** @param {string} why */
function fail(why) {
  console.error(why);
  process.exitCode = 1;
}
