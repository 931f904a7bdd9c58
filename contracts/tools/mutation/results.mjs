import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";

/** @param {string} root - package root */
const fileOf = (root) => `${root}.build/mutation/results.jsonl`;

/**
 * @param {string} root - package root
 * @param {string} fingerprint - of contracts, tests and tool: verdicts on others are left out
 * @param {boolean} killedBefore - but take what was killed, whatever changed since
 * @returns {Map<string, string | null>} mutant's id → the test that killed it; null if it survived
 */
export function verdictsOf(root, fingerprint, killedBefore = false) {
  const lines = existsSync(fileOf(root)) ? readFileSync(fileOf(root), "utf8").trim().split("\n").filter(Boolean) : [];
  /** @type {Map<string, string | null>} */
  const found = new Map();
  for (const line of lines) {
    const verdict = JSON.parse(line);
    if (verdict.fingerprint === fingerprint || killedBefore && verdict.killer !== null) found.set(verdict.id, verdict.killer);
  }
  return found;
}

/** @param {string} root @param {{fingerprint: string, id: string, killer: string | null}} verdict */
export function addVerdict(root, verdict) {
  mkdirSync(`${root}.build/mutation`, { recursive: true });
  appendFileSync(fileOf(root), `${JSON.stringify(verdict)}\n`);
}
