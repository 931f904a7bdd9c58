import { cpus, loadavg, totalmem } from "node:os";
import Table from "cli-table3";

/** One measured figure. `ratio` is the one that `bar` speaks of; a figure that could not be measured has `ok: false` and a `why`. */
export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  readonly ours: number | null;
  readonly peer?: number | null;
  readonly peerName?: string;
  readonly ratio?: number | null;
  readonly bar: string;
  readonly ok: boolean;
  readonly why?: string;
}

export interface BenchReport {
  readonly bench: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGb: number; readonly node: string };
  /** One-minute load average at the start and at the end: figures taken beside other work say so. */
  readonly load: { readonly before: number; readonly after: number };
  readonly rows: readonly BenchRow[];
}

/**
 * Runs a bench and prints it: a table, and with `--json` one object last on standard output. The exit code is 1 when a bar is missed.
 * @param measure - adds rows as it goes; notes go to standard error.
 */
export async function runBench(bench: string, measure: (add: (row: BenchRow) => void) => Promise<void>): Promise<void> {
  const before = loadavg()[0]!;
  const rows: BenchRow[] = [];
  await measure((row) => {
    rows.push(row);
    process.stderr.write(`${row.ok ? "ok  " : "MISS"} ${row.name}: ${figure(row.ours)} ${row.unit} (${row.bar})${row.why ? ` ${row.why}` : ""}\n`);
  });
  const report: BenchReport = {
    bench, load: { before, after: loadavg()[0]! }, rows,
    machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30), node: process.versions.node },
  };
  const table = new Table({ head: ["figure", "unit", "ours", "peer", "ratio", "bar", "ok"], style: { head: [], border: [] } });
  for (const r of rows) {
    table.push([r.name, r.unit, figure(r.ours), r.peer == null ? "" : `${figure(r.peer)} ${r.peerName ?? ""}`, figure(r.ratio ?? null), r.bar, r.ok ? "yes" : `no${r.why ? `: ${r.why}` : ""}`]);
  }
  process.stdout.write(`${table.toString()}\n`);
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exitCode = rows.every((r) => r.ok) ? 0 : 1;
}

/** Whole figures of a thousand and more in full; others to four digits. */
const figure = (v: number | null): string => (v === null ? "–" : Number(Math.abs(v) >= 1000 ? v.toFixed(0) : v.toPrecision(4)).toString());
