import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { packageRoot } from "../../platform/package-root.js";
import type { Table } from "../../ml-model/train-ensemble.js";
import type { TrainingOptions } from "../../ml-model/train-ensemble.js";

/** A table that nobody here made, with the settings that our networks learn it by. */
export interface Dataset extends Table {
  readonly name: string;
  readonly options: Omit<TrainingOptions, "seed">;
  /** Mean pinball of sklearn's gradient boosting on one split, from FACTS.md: used where sklearn is not installed. */
  readonly committedPeer: number;
}

export const datasets = {
  diamonds: (): Dataset => table("diamonds", "price", readFileSync(createRequire(import.meta.url).resolve("@observablehq/sample-datasets/diamonds.csv"), "utf8"), 0.0214,
    { members: 3, hidden: [64, 64, 32], epochs: 45, batch: 64, learningRate: 6e-3 }),
  ames: (): Dataset => table("ames", "Sale_Price", fromR("ames.csv"), 0.031, { members: 6, hidden: [64, 32], epochs: 60, batch: 64, learningRate: 2e-3, weightDecay: 0.5 }),
  cps1988: (): Dataset => table("CPS1988", "wage", fromR("cps1988.csv"), 0.1274, { members: 3, hidden: [64, 32], epochs: 12, batch: 256, learningRate: 4e-3 }),
};

/** The scratch folder of the bench. */
export function scratch(): string {
  const folder = join(packageRoot(), ".build", "bench-price");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The folder of this bench's sources: scripts are not compiled. */
export const scripts = (): string => join(packageRoot(), "bench", "price");

/** Reads a data set of Debian's r-cran-modeldata or r-cran-aer, by way of R. Throws where they are not installed. */
function fromR(file: string): string {
  const path = join(scratch(), file);
  if (!existsSync(path)) execFileSync("Rscript", [join(scripts(), "export.R"), scratch()], { stdio: "ignore" });
  return readFileSync(path, "utf8");
}

/** Numbers stay (their logarithm where they are positive and skewed), words become 0/1 columns; the target is the logarithm of `target`. */
function table(name: string, target: string, csv: string, committedPeer: number, options: Dataset["options"]): Dataset {
  const rows = parse(csv, { columns: true }) as Record<string, string>[];
  const columns: { values: number[]; binary: boolean }[] = [];
  for (const field of Object.keys(rows[0]!).filter((f) => f !== target)) {
    const texts = rows.map((r) => r[field]!);
    const numbers = texts.map(Number);
    if (numbers.every(Number.isFinite)) {
      const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
      const isSkewed = numbers.every((v) => v >= 0) && Math.max(...numbers.slice(0, 10_000)) > 4 * mean;
      columns.push({ values: isSkewed ? numbers.map((v) => Math.log1p(v)) : numbers, binary: false });
    } else {
      for (const word of [...new Set(texts)].sort()) columns.push({ values: texts.map((t) => Number(t === word)), binary: true });
    }
  }
  const x = new Float32Array(rows.length * columns.length);
  columns.forEach((c, k) => c.values.forEach((v, i) => { x[i * columns.length + k] = v; }));
  return {
    name, rows: rows.length, columns: columns.length, x, y: Float64Array.from(rows, (r) => Math.log(Number(r[target]))),
    binary: columns.map((c) => c.binary), committedPeer, options,
  };
}

/** @returns the rows of `table` named by `order`. */
export function select(source: Table, order: readonly number[]): Table {
  const x = new Float32Array(order.length * source.columns);
  order.forEach((row, i) => x.set(source.x.subarray(row * source.columns, (row + 1) * source.columns), i * source.columns));
  return { rows: order.length, columns: source.columns, x, y: Float64Array.from(order, (r) => source.y[r]!), ...(source.binary ? { binary: source.binary } : {}) };
}

/** @returns whether a command runs. */
export function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

