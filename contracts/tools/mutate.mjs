/**
 * Mutation run: changes the contracts one place at a time and expects a test to fail.
 *   node contracts/tools/mutate.mjs [--jobs 2] [--shard 1/4] [--limit N] [--only REGEX] [--again]
 * All mutants are compiled at once, and `block.prevrandao` chooses the one that runs (mutation/instrument.mjs). Resumable: verdicts are
 * appended to .build/mutation/results.jsonl, and hold as long as contracts, tests and this tool are the same; `--again` takes over
 * what was killed before a change, and tries only what survived or is new. Fails if fewer than 95 % of the mutants were
 * killed, or if one that was not is missing in contracts/mutation-survivors.json, which gives the reason.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { addVerdict, verdictsOf } from "./mutation/results.mjs";
import { Workspace } from "./mutation/workspace.mjs";

/** Of the mutants that compile. */
const LEAST_KILLED = 0.95;
/** Tests that are asked first. */
const KILLERS = 8;

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "2" },
    shard: { type: "string", default: "1/1" },
    limit: { type: "string" },
    only: { type: "string" },
    again: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("../../", import.meta.url));
const [shard = 1, shards = 1] = values.shard.split("/").map(Number);
const workspace = new Workspace(root, `${root}.build/mutation/work-${shard}-of-${shards}/`);
await workspace.prepare();
const verdicts = verdictsOf(root, workspace.fingerprint, values.again);
const only = new RegExp(values.only ?? "");
const mine = workspace.mutants.filter(({ id }, index) => index % shards === shard - 1 && only.test(id));
const waiting = mine.filter(({ id }) => !verdicts.has(id)).slice(0, values.limit === undefined ? undefined : Number(values.limit));
console.log(`${workspace.mutants.length} mutants, ${mine.length} of them here, ${waiting.length} to try.`);
await Promise.all(Array.from({ length: Number(values.jobs) }, (_, lane) => work(workspace.cacheOf(lane))));
process.exitCode = report() ? 0 : 1;

/** @param {string} cache - forge's, of this lane alone */
async function work(cache) {
  /** @type {Map<string, string[]>} what killed the last mutants of a file: likely to kill the next */
  const killers = new Map();
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const likely = killers.get(mutant.file) ?? [];
    const killer = await workspace.failure(mutant.number, likely, cache);
    if (killer?.startsWith("test")) killers.set(mutant.file, [killer, ...likely.filter((name) => name !== killer)].slice(0, KILLERS));
    verdicts.set(mutant.id, killer);
    addVerdict(root, { fingerprint: workspace.fingerprint, id: mutant.id, killer });
    if (killer === null) console.log(`survived  ${mutant.id}  (line ${mutant.line})`);
  }
}

/** @returns {boolean} whether the run is good */
function report() {
  /** @type {Map<string, string>} */
  const reasons = new Map(JSON.parse(readFileSync(`${root}contracts/mutation-survivors.json`, "utf8")).map((/** @type {{id: string, why: string}} */ { id, why }) => [id, why]));
  const tried = mine.filter(({ id }) => verdicts.has(id));
  const survivors = tried.filter(({ id }) => verdicts.get(id) === null);
  const unexplained = survivors.filter(({ id }) => !reasons.has(id));
  const stale = [...reasons.keys()].filter((id) => typeof verdicts.get(id) === "string" || !workspace.mutants.some((mutant) => mutant.id === id));
  for (const operator of [...new Set(tried.map((mutant) => mutant.operator))].sort()) {
    const these = tried.filter((mutant) => mutant.operator === operator);
    const killed = these.filter(({ id }) => verdicts.get(id) !== null).length;
    console.log(`${operator.padEnd(12)} ${String(killed).padStart(4)} of ${String(these.length).padStart(4)} killed`);
  }
  for (const { id, file, line } of unexplained) console.log(`SURVIVED  ${id}  (${file}:${line})`);
  for (const id of stale) console.log(`NO SURVIVOR ANY MORE  ${id}`);
  const rate = tried.length === 0 ? 0 : 1 - survivors.length / tried.length;
  const explained = survivors.length - unexplained.length;
  console.log(`${tried.length} of ${mine.length} tried, ${(100 * rate).toFixed(1)} % killed; ${survivors.length} survived, ${explained} of them with a reason.`);
  return rate >= LEAST_KILLED && unexplained.length === 0 && stale.length === 0 && (values.limit !== undefined || tried.length === mine.length);
}
