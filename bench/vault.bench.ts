/**
 * `npm run bench -- vault [--json] [--only envelope,soak] [--mib 1024] [--rounds 3] [--records 100000] [--queue 100,1000] [--trades 400]`: the envelope against stock age, interleaved on the
 * same files; and whole trades on a real stack. `--queue 100,1000,10000` takes some ten minutes more. `--cpu-prof FOLDER` profiles the workers of the soak.
 */
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { nodeBackend as backend } from "../crypto/backend/node.js";
import { createKeyWrapper } from "../crypto/custody/key-wrapper.js";
import { keyringKek } from "../crypto/custody/keyring-kek.js";
import { newKeyring } from "../crypto/custody/keyring.js";
import { newFileKey } from "../crypto/envelope/encrypt-stream.js";
import { makeHeader } from "../crypto/envelope/make-header.js";
import { createSealPool, type SealPool } from "../crypto/envelope/pool-node.js";
import { generateIdentity } from "../crypto/identity.js";
import { classicSuite, defaultSuite } from "../crypto/suite-names.js";
import { runBench, type BenchRow } from "./report.js";
import { measureRotation } from "./vault/rotation.js";
import { ageVersion, timeShell } from "./vault/age-cli.js";
import { makeScratch } from "./vault/scratch.js";
import { soak, spenders, type Soak } from "./vault/soak.js";

const given = (name: string): string | undefined => (process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : undefined);
const argument = (name: string, otherwise: number): number => Number(given(name) ?? otherwise);
const parts = ["envelope", "soak"] as const;
const only = given("only")?.split(",") ?? parts;
const unknown = only.filter((name) => !(parts as readonly string[]).includes(name));
if (unknown.length > 0) throw new Error(`--only: there is no ${unknown.join(", ")}, but ${parts.join(", ")}`);
const mib = argument("mib", 1024);
const rounds = argument("rounds", 3);
/** For the rotation of the key-encryption key; the whole bench is with 1,000,000. */
const records = argument("records", 100_000);
const bytes = mib * 2 ** 20;
const gib = bytes / 2 ** 30;
type Add = (row: BenchRow) => void;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

interface Timing {
  /** Seconds on the clock, and of processor. */
  readonly wall: number;
  readonly cpu: number;
}

async function time(run: () => Promise<unknown>): Promise<Timing> {
  const [start, usage] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(usage);
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

/** Ours and the peer's in turn, as often as there are rounds, so that both meet the same neighbours. @returns medians. */
async function interleave(ours: () => Promise<Timing>, peer: () => Timing): Promise<{ ours: Timing; peer: Timing }> {
  const all: { ours: Timing; peer: Timing }[] = [];
  for (let round = 0; round < rounds; round++) all.push({ peer: peer(), ours: await ours() });
  const middle = (who: "ours" | "peer") => ({ wall: median(all.map((each) => each[who].wall)), cpu: median(all.map((each) => each[who].cpu)) });
  return { ours: middle("ours"), peer: middle("peer") };
}

const child = (name: string, ...args: string[]) => fork(fileURLToPath(new URL(`./vault/${name}.js`, import.meta.url)), args);
const firstMessage = (name: string, ...args: string[]) =>
  new Promise<{ value: number; stop: () => void }>((resolve, reject) => {
    const started = child(name, ...args);
    started.once("message", (value) => resolve({ value: Number(value), stop: () => started.disconnect() }));
    started.once("error", reject);
    started.once("exit", (code) => code !== 0 && reject(new Error(`${name} ended with ${code}`)));
  });

function put(port: number, source: AsyncIterable<Uint8Array>): Promise<number> {
  return new Promise((resolve, reject) => {
    const upload = request({ host: "127.0.0.1", port, method: "PUT" }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve(Number(text)));
    });
    upload.on("error", reject);
    pipeline(Readable.from(source, { objectMode: false }), upload).catch(reject);
  });
}

async function againstAge(add: Add, pool: SealPool, folder: string, peerName: string): Promise<void> {
  const { identity, recipient } = generateIdentity(backend, classicSuite);
  const path = (name: string) => join(folder, name);
  await writeFile(path("key"), `${identity}\n`, { mode: 0o600 });
  const gbPerSecond = ({ wall }: Timing) => bytes / 1e9 / wall;
  const row = (name: string, bar: number, { ours, peer }: { ours: Timing; peer: Timing }, peerIs = peerName) => {
    const ratio = peer.wall / ours.wall;
    add({ name, unit: "GB/s", ours: gbPerSecond(ours), peer: gbPerSecond(peer), peerName: peerIs, ratio, bar: `≥ ${bar}×`, ok: ratio >= bar });
  };
  const seal = async (on: SealPool, commit: boolean) => {
    const [input, output] = [await open(path("plain")), await open(path("ours.age"), "w")];
    const fileKey = newFileKey(backend);
    const header = makeHeader(backend, fileKey, [recipient]);
    await output.write(header);
    await on.encryptFile(input, { file: output, offset: header.length }, fileKey, commit);
    await Promise.all([input.close(), output.close()]);
    return { fileKey, offset: header.length };
  };
  const age = `age -r ${recipient} -o ${path("age.age")} ${path("plain")}`;

  row(`encrypt ${mib} MiB, warm pool of 2`, 1.8, await interleave(() => time(() => seal(pool, false)), () => timeShell(age)));

  const sealed = await seal(pool, false);
  timeShell(`age -d -i ${path("key")} ${path("ours.age")} | cmp - ${path("plain")}`);
  row(`decrypt ${mib} MiB, pool of 2`, 1.5, await interleave(
    () => time(async () => {
      const [input, output] = [await open(path("ours.age")), await open(path("opened"), "w")];
      await pool.decryptFile({ file: input, offset: sealed.offset }, output, { fileKey: sealed.fileKey });
      await Promise.all([input.close(), output.close()]);
    }),
    () => timeShell(`age -d -i ${path("key")} -o ${path("opened")} ${path("ours.age")}`),
  ));

  row("encrypt with both Merkle roots", 1.3, await interleave(() => time(() => seal(pool, true)),
    () => timeShell(`${age} && sha256sum ${path("plain")} ${path("age.age")}`)), `${peerName} + 2 × sha256sum`);

  const sink = await firstMessage("sink");
  const streamed = await interleave(
    () => time(() => put(sink.value, pool.encryptStream(createReadStream(path("plain"), { highWaterMark: 1 << 18 }), { fileKey: newFileKey(backend) }).stored)),
    () => timeShell(`age -r ${recipient} ${path("plain")} | curl -sS -H Expect: -T - http://127.0.0.1:${sink.value}/`),
  );
  sink.stop();
  row("encrypt with both roots → HTTP PUT, streaming", 1, streamed, `${peerName} | curl, without roots`);

  const single = createSealPool(1);
  const one = await interleave(() => time(() => seal(single, false)), () => timeShell(age));
  await single.close();
  const ratio = one.ours.cpu / one.peer.cpu;
  add({ name: "processor a GiB, one thread", unit: "s", ours: one.ours.cpu / gib, peer: one.peer.cpu / gib, peerName, ratio, bar: "≤ 1.05×", ok: ratio <= 1.05 });
}

async function keys(add: Add): Promise<void> {
  const keyring = newKeyring(backend);
  const wrapper = createKeyWrapper(backend, keyringKek(backend, () => keyring), () => keyring.identities);
  const { recipient } = generateIdentity(backend);
  const wrapped = await wrapper.wrap("record", newFileKey(backend), defaultSuite);
  const rewrap = async (count: number) => {
    for (let i = 0; i < count; i++) makeHeader(backend, await wrapper.unwrap("record", wrapped), [recipient]);
  };
  await rewrap(50);
  const { cpu } = await time(() => rewrap(100));
  add({ name: "re-wrap for a buyer, post-quantum, any size", unit: "ms CPU", ours: cpu * 10, bar: "≤ 8", ratio: cpu * 10, ok: cpu * 10 <= 8 });
}

async function envelope(add: Add): Promise<void> {
  const scratch = await makeScratch(3 * bytes + 2 ** 26);
  const pool = createSealPool(2);
  try {
    if (!scratch.inMemory) process.stderr.write("note: the files are on disk, for memory has no room\n");
    const plain = await open(join(scratch.folder, "plain"), "w");
    const block = randomBytes(2 ** 20);
    for (let i = 0; i < mib; i++) await plain.write(block);
    await plain.close();

    const version = ageVersion();
    if (version === null) {
      for (const [name, bar] of [["encrypt, warm pool of 2", "≥ 1.8×"], ["decrypt, pool of 2", "≥ 1.5×"], ["encrypt with both Merkle roots", "≥ 1.3×"], ["encrypt with both roots → HTTP PUT, streaming", "≥ 1×"], ["processor a GiB, one thread", "≤ 1.05×"]] as const) {
        add({ name, unit: "", ours: null, bar, ok: false, why: "stock age is not installed: apt-get install age" });
      }
    } else await againstAge(add, pool, scratch.folder, version);

    await keys(add);
    const { seconds, rotated } = await measureRotation(records);
    const same = rotated === records;
    add({ name: `rotation of ${records.toLocaleString("en-US")} records' keys in Postgres, stopped once and taken up again`, unit: "s", ours: seconds, bar: "each once", ok: same, ...(same ? {} : { why: `${rotated} were sealed anew` }) });
    const { value } = await firstMessage("memory", join(scratch.folder, "plain"), join(scratch.folder, "ours.age"));
    add({ name: `memory while ${mib} MiB stream through`, unit: "MiB", ours: value, ratio: value, bar: "≤ 150", ok: value <= 150 });
  } finally {
    await pool.close();
    await scratch.remove();
  }
}

/** Whole trades, and what a trade costs while so many others wait. */
async function trades(add: Add): Promise<void> {
  const folder = given("cpu-prof");
  const flags = folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`];
  const cpu = ({ cpuMs }: Soak): number => spenders.reduce((sum, name) => sum + cpuMs[name], 0);
  const told = (run: Soak): string => spenders.map((name) => `${name} ${run.cpuMs[name].toFixed(1)}`).join(", ");
  // The first hundred warm the processes up, here and below.
  let isWarm = false;
  await soak([100, argument("trades", 400)], 1e6, (run) => {
    process.stderr.write(`     ${run.trades} trades in ${run.seconds.toFixed(1)} s; ms of processor a trade: ${told(run)}\n`);
    if (!isWarm) return void (isWarm = true);
    const rate = run.trades / run.seconds;
    add({ name: `whole trades of 1 MB records, encrypt → publish (${run.trades})`, unit: "a second", ours: rate, ratio: rate, bar: "≥ 20", ok: rate >= 20 });
  }, flags);
  isWarm = false;
  let base: { cost: number; wall: number } | undefined;
  await soak([100, ...(given("queue") ?? "100,1000").split(",").map(Number)], 10_000, (run) => {
    process.stderr.write(`     ${run.trades} in the queue, ${run.seconds.toFixed(1)} s; ms of processor a trade: ${told(run)}\n`);
    if (!isWarm) return void (isWarm = true);
    const [cost, wall] = [cpu(run), (run.seconds * 1000) / run.trades];
    base ??= { cost, wall };
    const [ratio, wallRatio] = [cost / base.cost, wall / base.wall];
    add({ name: `processor a trade, ${run.trades.toLocaleString("en-US")} in the queue`, unit: "ms", ours: cost, ratio, bar: "≤ 1.25× of 100", ok: ratio <= 1.25 });
    add({ name: `time a trade, ${run.trades.toLocaleString("en-US")} in the queue`, unit: "ms", ours: wall, ratio: wallRatio, bar: "≤ 1.25× of 100", ok: wallRatio <= 1.25 });
  });
}

await runBench("vault", async (add) => {
  if (only.includes("envelope")) await envelope(add);
  if (only.includes("soak")) await trades(add);
});
