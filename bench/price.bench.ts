/** `npm run bench -- price [--json] [--seeds N] [--only diamonds,ames,cps1988,simulator,serving,training]`: the price model against its bars. */
import { encode, features, mainModality } from "../ml-model/features.js";
import { coverage, pinballLoss } from "../ml-model/metrics.js";
import { applyCalibration } from "../ml-model/calibration.js";
import { serialiseModel, type PriceModel } from "../ml-model/model-file.js";
import { createForward, type Quantiles } from "../ml-model/network.js";
import { loadCommittedModel, predict, predictInterval } from "../ml-model/predict.js";
import { createPrng } from "../ml-model/prng.js";
import { quantile, segments, simulateMarket } from "../ml-model/simulator.js";
import { trainEnsemble } from "../ml-model/train-ensemble.js";
import { defaultOptions, toTable, trainPriceModel, type TrainingRow } from "../ml-model/train.js";
import { mean, ours, peers, split, type OurResult } from "./price/compare.js";
import { datasets } from "./price/datasets.js";
import { runBench, type BenchRow } from "./report.js";

const argument = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const seeds = Array.from({ length: Number(argument("seeds") ?? 5) }, (_, i) => i + 1);
const only = argument("only")?.split(",");
const wanted = (part: string): boolean => only === undefined || only.includes(part);
/** As many as taught the committed model. */
const simulatedRows = 140_000;
type Add = (row: BenchRow) => void;

async function realData(name: keyof typeof datasets, add: Add): Promise<void> {
  let data;
  try {
    data = datasets[name]();
  } catch (error) {
    const why = name === "diamonds" ? String(error) : "install Debian's r-cran-modeldata and r-cran-aer";
    add({ name: `${name}: pinball`, unit: "ln price", ours: null, bar: "≤ HGB", ok: false, why });
    return;
  }
  const splits = seeds.map((seed) => split(data.rows, seed));
  const results: OurResult[] = [];
  for (const [i, seed] of seeds.entries()) results.push(await ours(data, splits[i]!, seed));
  const measured = peers(data, splits);
  const peer = measured ? mean(measured.map((p) => p.hgb!)) : data.committedPeer;
  const own = mean(results.map((r) => r.pinball));
  add({
    name: `${data.name}: pinball, ${seeds.length} splits`, unit: "ln price", ours: own, peer, ratio: own / peer, bar: "≤ 1", ok: own <= peer,
    peerName: measured ? "HGB" : "HGB (one split, committed figure)",
  });
  const share = mean(results.map((r) => r.calibrated));
  const margin = data.rows >= 12_000 ? 0.01 : 0.02;
  add({
    name: `${data.name}: 80 % interval holds (raw ${mean(results.map((r) => r.raw)).toFixed(3)})`, unit: "share", ours: share,
    ratio: share, bar: `0.8 ± ${margin}`, ok: Math.abs(share - 0.8) <= margin,
  });
  const crossings = results.reduce((sum, r) => sum + r.crossings, 0);
  add({ name: `${data.name}: crossings`, unit: "rows", ours: crossings, peer: measured ? mean(measured.map((p) => p.crossings!)) : null, peerName: "HGB a split", bar: "0", ok: crossings === 0 });
}

const asRows = (rows: number, seed: number): { rows: TrainingRow[]; market: ReturnType<typeof simulateMarket> } => {
  const market = simulateMarket(rows, seed);
  return { market, rows: market.inputs.map((input, i) => ({ input, lnPrice: market.y[i]!, weight: 1 })) };
};

async function simulator(add: Add): Promise<void> {
  const ratios: number[] = [];
  const shares: number[] = [];
  const byModality = new Map<string, { hits: number; of: number }>();
  let crossings = 0;
  let linear: number[] | null = [];
  let seconds = 0;
  for (const seed of seeds) {
    const learn = asRows(simulatedRows, 1000 + seed);
    const start = performance.now();
    const parts = await trainPriceModel(learn.rows, { ...defaultOptions, seed, version: "bench", source: "simulator", asOfBlock: null, simulatorSeed: 1000 + seed });
    if (seed === seeds[0]) seconds = (performance.now() - start) / 1000;
    const test = asRows(20_000, 2000 + seed).market;
    const forward = createForward(parts.ensemble);
    const raw = test.inputs.map((input) => forward(encode(input).x));
    const oracle = test.inputs.map((input): Quantiles => {
      const view = segments(input);
      return { low: quantile(view, 0.1), mid: quantile(view, 0.5), high: quantile(view, 0.9) };
    });
    const own = pinballLoss(raw, test.y);
    ratios.push(own / pinballLoss(oracle, test.y));
    const calibrated = test.inputs.map((input, i) => applyCalibration(parts.calibration, raw[i]!, mainModality(encode(input).known), [], 0));
    shares.push(coverage(calibrated, test.y));
    crossings += calibrated.filter((q) => !(q.low <= q.mid && q.mid <= q.high)).length;
    test.inputs.forEach((input, i) => {
      const name = mainModality(encode(input).known);
      const c = byModality.get(name) ?? { hits: 0, of: 0 };
      byModality.set(name, { hits: c.hits + Number(test.y[i]! >= calibrated[i]!.low && test.y[i]! <= calibrated[i]!.high), of: c.of + 1 });
    });
    const table = toTable([...learn.rows.slice(0, 60_000), ...test.inputs.map((input, i): TrainingRow => ({ input, lnPrice: test.y[i]!, weight: 1 }))]);
    const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
    const baseline = peers(table, [{ train: range(0, 60_000), calibrate: [], test: range(60_000, 80_000) }], false);
    linear = baseline && linear ? [...linear, baseline[0]!.linear / own] : null;
    process.stderr.write(`     simulator, seed ${seed}: ${ratios.at(-1)!.toFixed(4)} of the oracle's loss\n`);
  }
  const ratio = mean(ratios);
  add({ name: `simulator: pinball over the oracle's, ${seeds.length} seeds`, unit: "ratio", ours: ratio, ratio, peerName: "oracle", peer: 1, bar: "≤ 1.03", ok: ratio <= 1.03 });
  const easy = linear ? mean(linear) : null;
  add({
    name: "simulator: linear baseline over ours", unit: "ratio", ours: 1, peer: easy, peerName: "linear", ratio: easy, bar: "≥ 1.15", ok: easy !== null && easy >= 1.15,
    ...(easy === null ? { why: "install Debian's python3-sklearn" } : {}),
  });
  const share = mean(shares);
  add({ name: "simulator: 80 % interval holds", unit: "share", ours: share, ratio: share, bar: "0.8 ± 0.01", ok: Math.abs(share - 0.8) <= 0.01 });
  const worst = [...byModality].filter(([, c]) => c.of >= 1000).map(([name, c]) => ({ name, share: c.hits / c.of })).sort((a, b) => Math.abs(b.share - 0.8) - Math.abs(a.share - 0.8))[0]!;
  add({ name: `simulator: the same by modality, worst: ${worst.name}`, unit: "share", ours: worst.share, ratio: worst.share, bar: "0.8 ± 0.04", ok: Math.abs(worst.share - 0.8) <= 0.04 });
  add({ name: "simulator: crossings", unit: "rows", ours: crossings, bar: "0", ok: crossings === 0 });
  add({ name: `whole retraining on ${simulatedRows / 1000}k sales (the bar is for 100k)`, unit: "s", ours: seconds, bar: "≤ 180", ok: seconds <= 180 });
  const memory = process.resourceUsage().maxRSS / 2 ** 20;
  add({ name: "memory of it, this bench included", unit: "GB", ours: memory, bar: "≤ 1", ok: memory <= 1 });
}

async function serving(add: Add): Promise<void> {
  const model: PriceModel = await loadCommittedModel();
  const { inputs } = simulateMarket(2000, 5);
  for (const [name, f, bar, runs] of [["prediction with interval", predictInterval, 50, 60_000], ["prediction with reasons", predict, 1000, 8000]] as const) {
    const times: number[] = [];
    for (let i = 0; i < runs; i++) {
      const start = process.hrtime.bigint();
      f(model, inputs[i % inputs.length]!);
      if (i >= runs / 4) times.push(Number(process.hrtime.bigint() - start) / 1000);
    }
    times.sort((a, b) => a - b);
    const p99 = times[Math.floor(times.length * 0.99)]!;
    add({ name: `${name}: p99 (p50 ${times[times.length >> 1]!.toFixed(1)})`, unit: "µs", ours: p99, bar: `≤ ${bar}`, ok: p99 <= bar });
  }
  const size = serialiseModel(model);
  process.stderr.write(`     model: ${size.json.length + size.weights.length} bytes, ${features.length} features\n`);
}

async function training(add: Add): Promise<void> {
  const rng = createPrng(3);
  const make = (rows: number): { rows: number; columns: number; x: Float32Array; y: Float64Array } => {
    const x = Float32Array.from({ length: rows * 25 }, () => rng.normal());
    return { rows, columns: 25, x, y: Float64Array.from({ length: rows }, (_, i) => x[i * 25]! + Math.sin(x[i * 25 + 1]!) + 0.3 * rng.normal()) };
  };
  const [train, valid] = [make(50_000), make(1000)];
  await trainEnsemble(make(1000), valid, { seed: 1, members: 1, hidden: [8], epochs: 1, batch: 256, learningRate: 1e-3 }); // starts wasm
  const start = performance.now();
  await trainEnsemble(train, valid, { seed: 1, members: 1, hidden: [64, 32], epochs: 10, batch: 512, learningRate: 5e-3 });
  const seconds = (performance.now() - start) / 1000;
  add({ name: "training 50k × 25, 10 epochs", unit: "s", ours: seconds, bar: "≤ 5", ok: seconds <= 5 });
}

await runBench("price", async (add) => {
  if (wanted("serving")) await serving(add);
  if (wanted("training")) await training(add);
  for (const name of ["ames", "cps1988", "diamonds"] as const) if (wanted(name)) await realData(name, add);
  if (wanted("simulator")) await simulator(add);
});
