/**
 * Compares the gas that forge's last test run measured with contracts/gas-snapshot.json: more than 2 % either way fails.
 * `--update` takes the new figures over.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const snapshot = `${root}contracts/gas-snapshot.json`;
const measured = JSON.parse(readFileSync(`${root}.build/forge/snapshots/market.json`, "utf8"));

if (process.argv.includes("--update")) {
  writeFileSync(snapshot, `${JSON.stringify(measured, null, 2)}\n`);
} else {
  const expected = JSON.parse(readFileSync(snapshot, "utf8"));
  for (const step of new Set([...Object.keys(expected), ...Object.keys(measured)])) {
    const [before, now] = [Number(expected[step]), Number(measured[step])];
    if (Math.abs(now - before) / before <= 0.02) continue;
    console.error(`Gas of "${step}" was ${before} and is ${now}: if that is meant, run node contracts/tools/check-gas.mjs --update`);
    process.exitCode = 1;
  }
}
