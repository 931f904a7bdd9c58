import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import type { DemoReport } from "../cli/demo/report.js";

const entry = fileURLToPath(new URL("../cli/galen.js", import.meta.url));

/** How long processes that are about to end may take. */
const lingerMs = 10_000;

interface Outcome {
  code: number | null;
  report: DemoReport;
  /** Command lines of processes that the demo left running. */
  left: string[];
  /** What it left in the folder for temporary files. */
  files: string[];
}

/** Runs the demo with a folder for temporary files of its own, by which all that it starts can be recognised. */
async function runDemo(options: { interruptAfterMs?: number; assigned?: true; threshold?: string }): Promise<Outcome> {
  const temporary = mkdtempSync(join(tmpdir(), "galen-demo-test-"));
  try {
    const child = spawn(process.execPath, [entry, "demo", "--json", ...(options.assigned ? ["--assigned"] : []), ...(options.threshold ? ["--threshold", options.threshold] : [])], { env: { ...process.env, TMPDIR: temporary }, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const timer = options.interruptAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGINT"), options.interruptAfterMs);
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    clearTimeout(timer);
    const report = JSON.parse(output.trim().split("\n").at(-1) ?? "") as DemoReport;
    // The watchdog outlives whom it watches, by a moment.
    let left = processesWith(temporary);
    for (const end = Date.now() + lingerMs; left.length > 0 && Date.now() < end; left = processesWith(temporary)) await new Promise((resolve) => setTimeout(resolve, 100));
    return { code, report, left, files: readdirSync(temporary).filter((name) => !name.startsWith("node-compile-cache")) };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Processes whose environment or command line names the folder (Linux). */
function processesWith(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return command !== "" && (command.includes(folder) || readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder)) ? [command] : [];
      } catch {
        return []; // it ended meanwhile
      }
    });
}

test("the demo trades real records end to end, reports every step, and leaves nothing behind", { timeout: 280_000 }, async () => {
  const { code, report, left, files } = await runDemo({});
  assert.equal(code, 0, JSON.stringify(report.error));
  assert.equal(report.ok, true);
  assert.ok(report.steps.every(({ ok, ms }) => ok && ms >= 0));
  const onChain = report.steps.filter(({ tx }) => tx !== undefined);
  assert.ok(onChain.length >= 8, "accreditation, mint, listings, votes, purchases, deliveries, settlements, payout, anchors");
  for (const { name, tx, block, blockTime } of onChain) {
    assert.match(tx ?? "", /^0x[0-9a-f]{64}$/, name);
    assert.ok((block ?? 0) > 0 && !Number.isNaN(Date.parse(blockTime ?? "")), name);
  }
  assert.deepEqual(new Set(report.files.map(({ format }) => format)), new Set(["FHIR_JSON", "HL7V2", "CSV", "DICOM"]));
  for (const { name, price, sha256, plaintextRoot } of report.files) {
    const [p10, p50, p90] = [price.p10, price.p50, price.p90].map(({ decimal }) => Number(decimal)) as [number, number, number];
    assert.ok(0 < p10 && p10 <= p50 && p50 <= p90, name);
    assert.ok(/^0x[0-9a-f]{64}$/.test(price.modelHash) && price.reasons.length > 0 && price.reasons.every(({ text }) => text.length > 10), name);
    assert.equal(sha256.decrypted, sha256.deidentified, name);
    assert.equal(plaintextRoot.recomputed, plaintextRoot.chain, name);
  }
  assert.ok(report.refusals.length >= 9);
  for (const { case: what, refused, code: with_ } of report.refusals) assert.ok(refused && /^[A-Z_]+$/.test(with_), what);
  assert.deepEqual(left, []);
  assert.deepEqual(files, []);
});

test("Ctrl-C in the middle stops everything, and the report names the step", { timeout: 120_000 }, async () => {
  const { code, report, left, files } = await runDemo({ interruptAfterMs: 6_000 });
  assert.equal(code, 1);
  assert.equal(report.ok, false);
  assert.match(report.error?.message ?? "", /signal/);
  assert.equal(report.error?.step, report.steps.at(-1)?.name);
  assert.deepEqual(left, []);
  assert.deepEqual(files, []);
});

// Rounds take their time: with `npm run test:deep`.
if (process.env["GALEN_DEEP"]) {
  test("the same where the market draws the auditors of each listing by lot", { timeout: 600_000 }, async () => {
    const { code, report, left, files } = await runDemo({ assigned: true });
    assert.equal(code, 0, JSON.stringify(report.error));
    assert.ok(report.refusals.some(({ case: what, refused }) => refused && what.includes("the lot did not fall")));
    assert.equal(report.files.length, 5);
    assert.deepEqual([left, files], [[], []]);
  });

  test("the same with lots, and with custodians, of whom one is stopped, in the platform's place", { timeout: 600_000 }, async () => {
    const { code, report, left, files } = await runDemo({ assigned: true, threshold: "2-of-3" });
    assert.equal(code, 0, JSON.stringify(report.error));
    assert.ok(report.steps.some(({ name }) => name.includes("is stopped")) && report.steps.at(-1)?.name.includes("custodians' own logs"));
    assert.deepEqual([left, files], [[], []]);
  });
}
