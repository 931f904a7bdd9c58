/** `npm run bench -- api [--json] [--listings 1000000] [--rounds 5] [--seconds 10] [--only Q1,Q5]`: the read API against PostGraphile 5 and Subsquid's openreader 5, interleaved on the same Postgres and data. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../platform/embedded/postgres.js";
import { packageRoot } from "../platform/package-root.js";
import { ask } from "./api/ask.js";
import { cpuTime, residentMb } from "./api/cpu-time.js";
import { load, requestOf, type Load } from "./api/load.js";
import { makeData } from "./api/make-data.js";
import { prepare } from "./api/prepare.js";
import { questions, sets, type Cursors, type Question, type ServerName } from "./api/queries.js";
import { startGalen, startOpenreader, startPostgraphile, type Server } from "./api/servers.js";
import { runBench, type BenchRow } from "./report.js";

const argument = (name: string, otherwise: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1]!;
};
const listings = Number(argument("listings", "1000000"));
const rounds = Number(argument("rounds", "5"));
const seconds = Number(argument("seconds", "10"));
const only = argument("only", "Q1,Q2,Q3,Q4,Q4 new,Q5").split(",");
const connections = 16;
/** Whoever takes longer than this for one answer, in ms, is asked over two connections alone: it is no slower for it, and a round ends. */
const slowMs = 1_000;
const memoryLimitMb = 400;
/** What ours must reach, as a multiple of each peer's requests a second. */
const bars: Readonly<Record<string, Partial<Record<ServerName, number>>>> = {
  Q1: { postgraphile: 2, openreader: 4 },
  Q2: { postgraphile: 2, openreader: 200 },
  Q3: { postgraphile: 1.5, openreader: 8 },
  Q4: { postgraphile: 60 },
  Q5: { postgraphile: 7, openreader: 50 },
};
type Add = (row: BenchRow) => void;

interface Measured extends Load {
  /** µs of processor a request. */
  readonly node: number;
  readonly postgres: number;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

await runBench("api", async (add) => {
  const home = join(packageRoot(), ".build", `bench-api-${listings}`);
  mkdirSync(home, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "galen-bench-"));
  const postgres = await startPostgres({ home, durable: true });
  const postmaster = Number(readFileSync(join(postgres.dataFolder, "postmaster.pid"), "utf8").split("\n")[0]);
  const servers: Server[] = [];
  try {
    if (await makeData(postgres.url, listings)) process.stderr.write("the data is made, and kept for the next run\n");
    servers.push(await startGalen(postgres.url, folder, Math.round(listings * 1.2) + 100));
    servers.push(await startPostgraphile(postgres.url, folder));
    servers.push(await startOpenreader(postgres.url, folder));
    const { cursors, ids } = await prepare(postgres.url, servers);
    for (const question of questions(ids)) {
      if (!only.includes(question.name)) continue;
      if (question.name.startsWith("Q4")) await untilColumnar(servers[0]!, question);
      await compare(question, servers, cursors, postmaster, add);
    }
    const memory = residentMb(servers[0]!.pid);
    add({ name: "memory of the API process, at the end", unit: "MB", ours: memory.now, bar: `≤ ${memoryLimitMb}`, ok: memory.now <= memoryLimitMb });
    add({ name: "memory of the API process, at its most", unit: "MB", ours: memory.peak, bar: `≤ ${memoryLimitMb}`, ok: memory.peak <= memoryLimitMb });
  } finally {
    for (const server of servers) await server.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  }
});

/** The columnar engine loads after the start; until then Postgres answers, which is not what is measured. */
async function untilColumnar(galen: Server, question: Question): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 1_000))) {
    const { listingAggregates } = (await ask(galen, { query: "{ listingAggregates { engine } }" })) as { listingAggregates: { engine: string } };
    if (listingAggregates.engine !== "POSTGRES") return;
  }
  process.stderr.write(`${question.name}: the columnar engine did not load in two minutes\n`);
}

/** Every server once a round, in turns that begin with another each time, after a round that does not count. */
async function compare(question: Question, servers: readonly Server[], cursors: Cursors, postmaster: number, add: Add): Promise<void> {
  const contestants = servers.filter(({ name }) => question.ask[name] !== null);
  const requests = new Map(contestants.map((server) => [server, Array.from({ length: question.sets ?? sets }, (_unused, index) => question.ask[server.name]!(index, cursors))]));
  let different = 0;
  for (let index = 0; index < sets; index += 5) {
    const answers = await Promise.all(contestants.map(async (server) => question.pick[server.name](await ask(server, requests.get(server)![index]!))));
    if (new Set(answers).size !== 1) {
      different++;
      process.stderr.write(`${question.name}[${index}]: ${answers.map((answer) => answer.slice(0, 300)).join("\n  ")}\n`);
    }
  }
  add({ name: `${question.name}: different answers`, unit: "of 7", ours: different, bar: "0", ok: different === 0 });
  const measured = new Map<Server, Measured[]>(contestants.map((server) => [server, []]));
  const slow = new Set<Server>();
  for (const server of contestants) {
    const began = performance.now();
    await ask(server, requests.get(server)![1]!);
    if (performance.now() - began > slowMs) slow.add(server);
  }
  const [times, length] = question.isAside ? [Math.min(rounds, 2), Math.min(seconds, 5)] : [rounds, seconds];
  for (let round = 0; round <= times; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const server = contestants[(turn + round) % contestants.length]!;
      const all = requests.get(server)!.map(requestOf);
      // No round begins where another began.
      const first = (round * 1_500) % all.length;
      const [node, postgres] = [cpuTime(server.pid), cpuTime(postmaster, true)];
      const found = await load(server.port, [...all.slice(first), ...all.slice(0, first)], slow.has(server) ? 2 : connections, round === 0 ? Math.min(length, 3) : length);
      const one: Measured = { ...found, node: (cpuTime(server.pid) - node) / found.requests, postgres: (cpuTime(postmaster, true) - postgres) / found.requests };
      if (round === 0) continue;
      measured.get(server)!.push(one);
      process.stderr.write(`${question.name} round ${round}: ${server.name} ${one.perSecond.toFixed(1)}/s, p50 ${one.p50.toFixed(1)} ms, p99 ${one.p99.toFixed(1)} ms, node ${Math.round(one.node)} µs, Postgres ${Math.round(one.postgres)} µs${one.failed > 0 ? `, ${one.failed} FAILED` : ""}\n`);
    }
  }
  report(question, measured, add);
}

function report(question: Question, measured: ReadonlyMap<Server, Measured[]>, add: Add): void {
  const figure = (name: ServerName, key: keyof Measured): number => median([...measured].find(([server]) => server.name === name)![1].map((each) => each[key]));
  const failed = [...measured.values()].flat().reduce((sum, each) => sum + each.failed, 0);
  for (const { name } of measured.keys()) {
    if (name === "galen") continue;
    const least = bars[question.name]?.[name];
    const ratio = figure("galen", "perSecond") / figure(name, "perSecond");
    add({ name: `${question.name}: ${question.what}`, unit: "requests/s", ours: figure("galen", "perSecond"), peer: figure(name, "perSecond"), peerName: name, ratio, bar: least === undefined ? "context only" : `≥ ${least}×`, ok: failed === 0 && (least === undefined || ratio >= least), ...(failed > 0 ? { why: `${failed} answers were errors` } : {}) });
    for (const [key, what, unit] of [["p50", "p50", "ms"], ["p99", "p99", "ms"], ["node", "CPU of node", "µs/request"], ["postgres", "CPU of Postgres", "µs/request"]] as const) {
      add({ name: `${question.name}: ${what}`, unit, ours: figure("galen", key), peer: figure(name, key), peerName: name, ratio: figure(name, key) / figure("galen", key), bar: "context only", ok: true });
    }
  }
}
