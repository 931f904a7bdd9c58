/**
 * `npm run bench -- ingest [--json]`: de-identification against its bars, and against what a user would pick from npm instead, on time and on leaks.
 * Rates are MB per second of CPU time (that is, of one core), which other work on the machine disturbs least; the wall's clock is reported beside them.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../platform/package-root.js";
import { dicomLeaks } from "./ingest/dicom-leaks.js";
import { person, secretsOf, writeFrames, writeNdjson, writePeople, writeResults } from "./ingest/make-data.js";
import { notesLeaked, writeNotes } from "./ingest/notes.js";
import type { Measurement } from "./ingest/measure.js";
import { runBench } from "./report.js";

const home = mkdtempSync(join(tmpdir(), "galen-bench-ingest-"));
const script = join(dirname(fileURLToPath(import.meta.url)), "ingest/measure.js");
const at = (name: string): string => join(home, name);
const mb = 1e6;

/** A peer that fails is told, and does not end the run. */
function measurePeer(way: string, input: string): Measurement | null {
  try { return measure(way, input); }
  catch (error) { process.stderr.write(`     ${String(error).slice(0, 300)}\n`); return null; }
}

/** @throws Error with the process's last words. */
function measure(way: string, input: string): Measurement {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--enable-source-maps", script, way, at(input), at(`${input}.${way}`)], { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${way} failed on ${input}: ${stderr.slice(-500)}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Measurement;
}

const rate = ({ bytes, cpuSeconds }: Measurement): number => bytes / mb / cpuSeconds;
const wall = ({ bytes, wallSeconds }: Measurement): number => bytes / mb / wallSeconds;

/** @returns the share of the people's secrets in a file that stand in what a way made of it; null if it made nothing. */
function leaked(input: string, way: string, people: number): number | null {
  const output = `${input}.${way}`;
  if (!existsSync(at(output))) return null;
  const given = readFileSync(at(input), "latin1");
  const text = readFileSync(at(output), "latin1");
  const secrets = Array.from({ length: people }, (_, one) => secretsOf(person(one))).flat().filter((secret, index, all) => all.indexOf(secret) === index && given.includes(secret));
  return secrets.filter((secret) => text.includes(secret)).length / secrets.length;
}

function installPeers(): void {
  const folder = join(packageRoot(), "bench/peers/deidentifiers");
  if (!existsSync(join(folder, "node_modules"))) execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

installPeers();
try {
  await runBench("ingest", async (add) => {
    const speed = (name: string, measured: Measurement, least: number | null, peer?: { name: string; measured: Measurement | null }): void => {
      const ours = rate(measured);
      const ok = least === null || ours >= least;
      add({
        name: `${name} (wall ${wall(measured).toFixed(1)} MB/s, peak ${Math.round(measured.peakBytes / mb)} MB)`, unit: "MB/s of CPU", ours, bar: least === null ? "reported" : `≥ ${least}`, ok,
        ...(peer?.measured == null ? {} : { peer: rate(peer.measured), peerName: peer.name, ratio: ours / rate(peer.measured) }), ...(ok ? {} : { why: "below the bar" }),
      });
    };
    const leak = (name: string, ours: number | null, peer: number | null, peerName: string): void => {
      add({ name, unit: "share of secrets found", ours, peer, peerName, bar: "0", ok: ours === 0, ...(ours === 0 ? {} : { why: "a secret is in the output" }) });
    };

    writeNdjson(at("export.ndjson"), 40 * mb);
    const small = writeNdjson(at("small.ndjson"), 0.3 * mb);
    const redacted = { name: "openredaction", measured: measurePeer("openredaction", "small.ndjson") };
    speed("FHIR NDJSON, file to file", measure("ours", "export.ndjson"), 20, redacted);
    speed("FHIR NDJSON, end to end: all that a worker does before the checks (parse, de-identify, profile)", measure("whole", "export.ndjson"), 20);
    measure("ours", "small.ndjson");
    leak("FHIR NDJSON: leaks", leaked("small.ndjson", "ours", small), leaked("small.ndjson", "openredaction", small), "openredaction");

    writeResults(at("results.csv"), 60 * mb);
    const rows = writeResults(at("small.csv"), 0.2 * mb);
    const tables = { name: "openredaction", measured: measurePeer("openredaction", "small.csv") };
    speed("CSV of results, file to file", measure("ours", "results.csv"), 30, tables);
    measure("ours", "small.csv");
    leak("CSV: leaks", leaked("small.csv", "ours", Math.floor(rows / 10)), leaked("small.csv", "openredaction", Math.floor(rows / 10)), "openredaction");
    rmSync(at("results.csv.ours"));

    const gold = writeNotes(at("notes.txt"), 160);
    speed("free-text notes", measure("notes", "notes.txt"), null, { name: "openredaction", measured: measurePeer("openredactionNotes", "notes.txt") });
    const missed = (way: string): number | null => (existsSync(at(`notes.txt.${way}`)) ? notesLeaked(gold, readFileSync(at(`notes.txt.${way}`), "utf8")) : null);
    const ours = missed("notes");
    add({ name: "free-text notes: identifiers left", unit: "share of those marked", ours, peer: missed("openredactionNotes"), peerName: "openredaction", bar: "≤ 0.02", ok: ours !== null && ours <= 0.02, ...(ours !== null && ours <= 0.02 ? {} : { why: "above the bar" }) });

    writePeople(at("people.csv"), 1_000_000);
    const people = measure("ours", "people.csv");
    add({ name: `CSV, 1M people × 8 quasi-identifiers, k = 5 (wall ${people.wallSeconds.toFixed(1)} s, ${Math.round(people.bytes / mb)} MB)`, unit: "s of CPU", ours: people.cpuSeconds, bar: "≤ 60", ok: people.cpuSeconds <= 60, ...(people.cpuSeconds <= 60 ? {} : { why: "above the bar" }) });
    add({ name: "CSV, 1M people: peak memory", unit: "MB", ours: people.peakBytes / mb, bar: "≤ 1000", ok: people.peakBytes <= 1e9, ...(people.peakBytes <= 1e9 ? {} : { why: "above the bar" }) });
    rmSync(at("people.csv.ours"));

    await writeFrames(at("frames.dcm"), 300 * mb);
    await writeFrames(at("small.dcm"), 30 * mb);
    speed("DICOM, pixel data streamed, file to file", measure("ours", "frames.dcm"), 100, { name: "@umessen/dicom-deidentifier (30 MB: it holds files whole)", measured: measurePeer("umessen", "small.dcm") });
    rmSync(at("frames.dcm.ours"));
    measure("ours", "small.dcm");
    for (const { name, ours, peer } of await dicomLeaks()) leak(`DICOM leaks: ${name}`, ours, peer, "@umessen/dicom-deidentifier");
  });
} finally { rmSync(home, { recursive: true, force: true }); }
