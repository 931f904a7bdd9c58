/** `npm run bench -- indexer [--json] [--events 100000] [--rounds 5] [--only dense,sparse,shipped,linear,latency]`: backfill against Ponder and stock Subsquid, ten times as much, and the latency of following. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../platform/embedded/postgres.js";
import { openHome } from "../platform/embedded/home.js";
import { installPeers, ours, ponderLifted, ponderShipped, projection, stock, type Contestant } from "./indexer/contestants.js";
import { measureLatency } from "./indexer/latency.js";
import { loadChain, type LoadedChain } from "./indexer/load-chain.js";
import { race, type Measured } from "./indexer/race.js";
import { runBench, type BenchRow } from "./report.js";

const argument = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const events = Number(argument("events") ?? 100_000);
const rounds = Number(argument("rounds") ?? 5);
const only = argument("only")?.split(",");
const wanted = (part: string): boolean => only === undefined || only.includes(part);
const memoryLimitMb = 250;
const limitMs = 900_000;
const missed = "each event's work in node and Postgres, beside a start-up of about half a second: docs/indexer-bench.md says where the time goes";
/** Times as many events, and what that may cost more than so many times the time. */
const linear = { times: 10, most: 1.2 };
const blocksOf = { dense: 2_000, sparse: 10_000 } as const;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

await runBench("indexer", async (add) => {
  installPeers();
  const home = await openHome(null);
  const folder = mkdtempSync(join(tmpdir(), "galen-bench-"));
  const postgres = await startPostgres({ home: home.path, durable: true });
  let databases = 0;
  const run = (contestant: Contestant, loaded: LoadedChain): Promise<Measured> =>
    race(contestant, loaded, { postgresUrl: postgres.url, database: `bench_${databases++}`, folder, limitMs });
  try {
    const load = (shape: keyof typeof blocksOf, count: number): Promise<LoadedChain> => loadChain(count, Math.round((blocksOf[shape] * count) / 100_000));
    const seconds = new Map<Contestant, number>();
    for (const shape of ["dense", "sparse"] as const) {
      const compared = wanted(shape);
      if (!compared && !(shape === "dense" && (wanted("shipped") || wanted("linear")))) continue;
      const loaded = await load(shape, events);
      try {
        if (compared) await compare(shape, loaded, run, add);
        if (shape === "dense" && wanted("shipped")) {
          const { eventsPerSecond } = await run(ponderShipped, loaded);
          add({ name: "dense: Ponder as shipped", unit: "events/s", ours: null, peer: eventsPerSecond, peerName: ponderShipped.name, bar: "context only", ok: true });
        }
        if (shape === "dense" && wanted("linear")) {
          for (const contestant of [projection, ours]) seconds.set(contestant, median(await inTurn(3, () => run(contestant, loaded).then(({ eventsPerSecond }) => events / eventsPerSecond))));
        }
      } finally {
        await loaded.chain.stop();
      }
    }
    if (wanted("linear")) {
      const loaded = await load("dense", linear.times * events);
      try {
        for (const [contestant, one] of seconds) {
          const measured = await run(contestant, loaded);
          const ratio = loaded.events / measured.eventsPerSecond / (linear.times * one);
          const ok = ratio <= linear.most;
          const name = `${linear.times} times as many events (${loaded.events}), over ${linear.times} times the time: ${contestant.name}`;
          add({ name, unit: "events/s", ours: measured.eventsPerSecond, ratio, bar: `≤ ${linear.most}×`, ok, ...(ok ? {} : { why: "trees of random keys grow, and versions that are no longer remembered are loaded" }) });
          if (contestant === ours) addMemory(`${loaded.events} events`, measured.memoryMb, add);
        }
      } finally {
        await loaded.chain.stop();
      }
    }
    if (wanted("latency")) await measureLatency(postgres.url, add);
  } finally {
    await postgres.stop();
    home.release();
    rmSync(folder, { recursive: true });
  }
});

/** Every contestant once a round, in turns, so that what else the machine does falls on all alike. */
async function compare(shape: string, loaded: LoadedChain, run: (contestant: Contestant, loaded: LoadedChain) => Promise<Measured>, add: (row: BenchRow) => void): Promise<void> {
  const contestants = [projection, ours, stock, ponderLifted];
  const results = new Map<Contestant, Measured[]>(contestants.map((contestant) => [contestant, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contestant of contestants) {
      const measured = await run(contestant, loaded);
      results.get(contestant)!.push(measured);
      process.stderr.write(`${shape} round ${round + 1}: ${contestant.name} ${Math.round(measured.eventsPerSecond)} events/s, ${Math.round(measured.memoryMb)} MB\n`);
    }
  }
  const speed = (contestant: Contestant): number => median(results.get(contestant)!.map(({ eventsPerSecond }) => eventsPerSecond));
  const row = (contestant: Contestant, peer: Contestant, least: number, bar: string): void => {
    const ratio = speed(contestant) / speed(peer);
    const ok = ratio >= least;
    add({ name: `${shape}: ${contestant.name}`, unit: "events/s", ours: speed(contestant), peer: speed(peer), peerName: peer.name, ratio, bar, ok, ...(ok ? {} : { why: missed }) });
  };
  row(projection, ponderLifted, 10, "≥ 15×, floor 10×");
  row(projection, stock, 4, "≥ 4×");
  row(ours, ponderLifted, 5, "≥ 5×");
  const digests = new Set([...results.values()].flat().map(({ digest }) => digest));
  add({ name: `${shape}: different results`, unit: "digests", ours: digests.size, bar: "1", ok: digests.size === 1 });
  const bytes = (contestant: Contestant): number => median(results.get(contestant)!.map(({ bytesPerEvent }) => bytesPerEvent));
  add({ name: `${shape}: storage with history and feed`, unit: "bytes/event", ours: bytes(ours), peer: bytes(ponderLifted), peerName: ponderLifted.name, bar: "written down", ok: true });
  addMemory(shape, Math.max(...results.get(ours)!.map(({ memoryMb }) => memoryMb)), add);
}

function addMemory(load: string, memoryMb: number, add: (row: BenchRow) => void): void {
  const ok = memoryMb <= memoryLimitMb;
  const why = "some 50 MB are live: V8 lets garbage lie until the heap is two and a half times that, longer when its collector gets no core";
  add({ name: `${load}: memory of the whole product`, unit: "MB", ours: memoryMb, bar: `≤ ${memoryLimitMb}`, ok, ...(ok ? {} : { why }) });
}

async function inTurn<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (results.length < times) results.push(await work());
  return results;
}
