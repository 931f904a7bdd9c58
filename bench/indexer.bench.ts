/** `npm run bench -- indexer [--json] [--events 100000] [--rounds 5] [--only dense,sparse,shipped,latency]`: backfill against Ponder and stock Subsquid, and the latency of following. */
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
const limitMs = 600_000;

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
    for (const [shape, blocks] of [["dense", 2_000], ["sparse", 10_000]] as const) {
      if (!wanted(shape)) continue;
      const loaded = await loadChain(events, Math.round((blocks * events) / 100_000));
      try {
        await compare(shape, loaded, run, add);
        if (shape === "dense" && wanted("shipped")) {
          const { eventsPerSecond } = await run(ponderShipped, loaded);
          add({ name: "dense: Ponder as shipped", unit: "events/s", ours: null, peer: eventsPerSecond, peerName: ponderShipped.name, bar: "context only", ok: true });
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
    add({ name: `${shape}: ${contestant.name}`, unit: "events/s", ours: speed(contestant), peer: speed(peer), peerName: peer.name, ratio, bar, ok: ratio >= least });
  };
  row(projection, ponderLifted, 10, "≥ 15×, floor 10×");
  row(projection, stock, 4, "≥ 4×");
  row(ours, ponderLifted, 5, "≥ 5×");
  const digests = new Set([...results.values()].flat().map(({ digest }) => digest));
  add({ name: `${shape}: different results`, unit: "digests", ours: digests.size, bar: "1", ok: digests.size === 1 });
  const bytes = (contestant: Contestant): number => median(results.get(contestant)!.map(({ bytesPerEvent }) => bytesPerEvent));
  add({ name: `${shape}: storage with history and feed`, unit: "bytes/event", ours: bytes(ours), peer: bytes(ponderLifted), peerName: ponderLifted.name, bar: "written down", ok: true });
  const memory = Math.max(...results.get(ours)!.map(({ memoryMb }) => memoryMb));
  add({ name: `${shape}: memory of the whole product`, unit: "MB", ours: memory, bar: `≤ ${memoryLimitMb}`, ok: memory <= memoryLimitMb });
}
