import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyCalibration, calibrate } from "../../ml-model/calibration.js";
import { coverage, pinballLoss } from "../../ml-model/metrics.js";
import { createForward, type Quantiles } from "../../ml-model/network.js";
import { createPrng } from "../../ml-model/prng.js";
import { trainEnsemble, type Table } from "../../ml-model/train-ensemble.js";
import { runs, scratch, scripts, select, type Dataset } from "./datasets.js";

/** 60 % of the rows teach (ours chooses its epoch on a tenth of them, as boosting does), 20 % calibrate, 20 % test. */
export interface Split {
  readonly train: readonly number[];
  readonly calibrate: readonly number[];
  readonly test: readonly number[];
}

export interface OurResult {
  readonly pinball: number;
  readonly raw: number;
  readonly calibrated: number;
  readonly crossings: number;
  readonly tested: number;
}

/** Python of Debian, which has python3-sklearn, before one of the PATH. */
const pythons = ["/usr/bin/python3", "python3"];
export const python = (): string | undefined => pythons.find((p) => runs(p, ["-c", "import sklearn"]));

export function split(rows: number, seed: number): Split {
  const rng = createPrng(seed * 7919 + 1);
  const order = Array.from({ length: rows }, (_, i) => i);
  for (let i = rows - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const [a, b] = [Math.floor(rows * 0.6), Math.floor(rows * 0.8)];
  return { train: order.slice(0, a), calibrate: order.slice(a, b), test: order.slice(b) };
}

/** Trains our networks on one split and judges them on its test rows. */
export async function ours(data: Dataset, { train, calibrate: held, test }: Split, seed: number): Promise<OurResult> {
  const tenth = Math.floor(train.length / 10);
  const ensemble = await trainEnsemble(select(data, train.slice(tenth)), select(data, train.slice(0, tenth)), { ...data.options, seed });
  const forward = createForward(ensemble);
  const predict = (table: Table): Quantiles[] =>
    Array.from({ length: table.rows }, (_, i) => forward(table.x.subarray(i * table.columns, (i + 1) * table.columns)));
  const [heldTable, testTable] = [select(data, held), select(data, test)];
  const c = calibrate(predict(heldTable), heldTable.y, held.map(() => "all"), {});
  const predicted = predict(testTable);
  return {
    pinball: pinballLoss(predicted, testTable.y), raw: coverage(predicted, testTable.y),
    calibrated: coverage(predicted.map((q) => applyCalibration(c, q, "all", [], 0)), testTable.y),
    crossings: predicted.filter((q) => !(q.low <= q.mid && q.mid <= q.high)).length, tested: test.length,
  };
}

export interface PeerResult {
  readonly hgb: number | null;
  readonly linear: number;
  readonly crossings: number | null;
  readonly seconds: number;
}

/** sklearn on the same splits; null where it is not installed. */
export function peers(data: Table, splits: readonly Split[], boosting = true): PeerResult[] | null {
  const command = python();
  if (command === undefined) return null;
  const folder = scratch();
  writeFileSync(join(folder, "x.f32"), new Uint8Array(data.x.buffer, data.x.byteOffset, data.x.byteLength));
  writeFileSync(join(folder, "y.f64"), new Uint8Array(data.y.buffer, data.y.byteOffset, data.y.byteLength));
  writeFileSync(join(folder, "meta.json"), JSON.stringify({ columns: data.columns, boosting, splits: splits.map(({ train, test }) => ({ train, test })) }));
  return JSON.parse(execFileSync(command, [join(scripts(), "peers.py"), folder], {
    encoding: "utf8", maxBuffer: 1 << 26,
    env: { ...process.env, OMP_NUM_THREADS: "1" }, // its threads spin against each other on a busy machine
  })) as PeerResult[];
}

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
