/** One measurement, in a process of its own, so that its memory and CPU time are nobody else's: `measure.js WAY INPUT OUTPUT`. Prints JSON. */
import { createReadStream, createWriteStream, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { packageRoot } from "../../platform/package-root.js";
import { bytesSource, collect, deidentifyRecord, type Profile, profileRecord, type RecordSource, validateRecord } from "../../records/index.js";

export interface Measurement { readonly bytes: number; readonly cpuSeconds: number; readonly wallSeconds: number; /** Peak resident memory. */ readonly peakBytes: number }

const [way = "", input = "", output = ""] = process.argv.slice(2);
const source: RecordSource = () => createReadStream(input, { highWaterMark: 262_144 });
const peers = createRequire(join(packageRoot(), "bench/peers/deidentifiers/package.json"));

async function ours(): Promise<Profile | null> {
  const done = deidentifyRecord(source, { key: new Uint8Array(32).fill(7) });
  await pipeline(Readable.from(done.output, { objectMode: false }), createWriteStream(output));
  await done.report;
  return done.profile;
}

const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  /** From file to file. */
  ours,
  /** All that a worker does to a record: parse it whole, de-identify it, profile the result. */
  whole: async () => {
    await validateRecord(source);
    // As the worker's job: a profile that was not told on the way is made of the output.
    return (await ours()) ?? profileRecord(() => createReadStream(output, { highWaterMark: 262_144 }));
  },
  /** Notes, one after the other, with form feeds between them. */
  notes: async () => {
    const out: string[] = [];
    for (const note of readFileSync(input, "utf8").split("\f")) {
      const done = deidentifyRecord(bytesSource(Buffer.from(note)), { key: new Uint8Array(32).fill(7), notes: true });
      out.push(Buffer.from(await collect(done.output)).toString("utf8"));
    }
    writeFileSync(output, out.join("\f"));
  },
  openredactionNotes: async () => {
    const { OpenRedaction } = peers("@openredaction/core") as { OpenRedaction: new (options: object) => { detect(text: string): Promise<{ redacted: string }> } };
    const redactor = new OpenRedaction({ preset: "healthcare" });
    const out: string[] = [];
    for (const note of readFileSync(input, "utf8").split("\f")) out.push((await redactor.detect(note)).redacted);
    writeFileSync(output, out.join("\f"));
  },
  umessen: () => {
    const { DicomDeidentifier } = peers("@umessen/dicom-deidentifier") as { DicomDeidentifier: new (options: object) => { deidentify(bytes: Uint8Array): Uint8Array } };
    writeFileSync(output, new DicomDeidentifier({ profileOptions: [], dummies: { default: "removed", lookup: {} } }).deidentify(new Uint8Array(readFileSync(input))));
    return Promise.resolve();
  },
  openredaction: async () => {
    const { OpenRedaction } = peers("@openredaction/core") as { OpenRedaction: new (options: object) => { detect(text: string): Promise<{ redacted: string }> } };
    // Of its presets the one that finds most in these files.
    const redactor = new OpenRedaction({ preset: "healthcare" });
    const out: string[] = [];
    for (const line of readFileSync(input, "utf8").split("\n")) if (line !== "") out.push((await redactor.detect(line)).redacted);
    writeFileSync(output, `${out.join("\n")}\n`);
  },
};

const run = ways[way];
if (run === undefined) throw new Error(`There is no way ${way}.`);
const cpu = process.cpuUsage();
const began = performance.now();
await run();
const { user, system } = process.cpuUsage(cpu);
const measured: Measurement = { bytes: statSync(input).size, cpuSeconds: (user + system) / 1e6, wallSeconds: (performance.now() - began) / 1e3, peakBytes: process.resourceUsage().maxRSS * 1024 };
process.stdout.write(`${JSON.stringify(measured)}\n`);
