import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { Listr, type ListrTask } from "listr2";
import { createCast } from "./actor.js";
import { createCustodians } from "./custodians.js";
import type { DemoReport, Mark, StepReport } from "./report.js";
import { startStackProcess, type StackProcess } from "./stack-process.js";
import { createTrade, type Step } from "./trade.js";

/**
 * `galen demo`: the whole trade on real files, from nothing, in a folder that vanishes. Stops everything at the end, also after Ctrl-C or a failure.
 * Exit code 0 when every step held; 1 otherwise, and the step is named.
 */
export async function demo(options: { json?: boolean; assigned?: boolean; threshold?: string }): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error("Stopped by a signal."));
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const folder = await mkdtemp(join(tmpdir(), "galen-demo-"));
  let stack: StackProcess | undefined;
  const cast = createCast({ folder: join(folder, "people"), api: () => stack?.urls.api ?? null, database: () => stack?.urls.postgres ?? null, signal: interrupted.signal });
  const assigned = options.assigned === true;
  const custodians = options.threshold === undefined ? null : createCustodians({ folder: join(folder, "custodians"), threshold: options.threshold, signal: interrupted.signal });
  const trade = createTrade(cast, folder, { assigned, custodians });
  const report: DemoReport = { ok: false, steps: [], files: trade.files, refusals: trade.refusals };

  const progress = { tell: (_line: string): void => undefined };
  const bringUp: Step[] = [
    {
      name: "everybody makes own keys; the platform starts (Postgres, Redis, chain, contracts, indexer, workers, api)",
      async run() {
        const { registrar, treasurer } = await trade.accounts();
        const told = await custodians?.tell();
        stack = await startStackProcess({ registrar, treasurer, assigned, custodians: told, signal: interrupted.signal, onProgress: (line) => progress.tell(line) });
      },
    },
    ...(custodians === null
      ? []
      : [{ name: `${custodians.names.length} custodians start, each with own keys and an own look at the chain`, run: () => custodians.start({ rpcUrl: stack?.urls.rpc ?? "", deploymentFile: join(stack?.home ?? "", "deployments", "31337.json") }) }]),
  ];

  const runStep = async (step: Step): Promise<Mark | void> => {
    const began = performance.now();
    const done = (ok: boolean, mark: Mark = {}): void => {
      const { block, blockTime, tx } = mark;
      const entry: StepReport = { name: step.name, ok, ms: Math.round(performance.now() - began), ...(block === undefined ? {} : { block }), ...(blockTime === undefined ? {} : { blockTime }), ...(tx === undefined ? {} : { tx }) };
      report.steps.push(entry);
    };
    try {
      interrupted.signal.throwIfAborted();
      const mark = (await Promise.race([step.run(), ...(stack ? [stack.failed] : [])])) ?? undefined;
      done(true, mark);
      return mark;
    } catch (error) {
      done(false);
      report.error = { step: step.name, message: interrupted.signal.aborted ? "Stopped by a signal." : error instanceof Error ? error.message : String(error) };
      throw error;
    }
  };

  const tasks = [...bringUp, ...trade.steps].map(
    (step): ListrTask => ({
      title: step.name,
      task: async (_context, task): Promise<void> => {
        progress.tell = (line): void => {
          task.output = line;
        };
        const mark = await runStep(step);
        if (mark?.block !== undefined) task.title = `${step.name} (block ${mark.block})`;
      },
    }),
  );
  const list = new Listr(tasks, { concurrent: false, exitOnError: true, registerSignalListeners: false, renderer: options.json ? "silent" : process.stdout.isTTY ? "default" : "simple" });

  try {
    await list.run();
    report.ok = true;
  } catch {
    process.exitCode = 1; // told below, from the report
  } finally {
    interrupted.abort(); // whoever is still at something when another fails
    await cast.ended();
    await custodians?.stop();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
    process.removeListener("SIGINT", interrupt);
    process.removeListener("SIGTERM", interrupt);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else process.stdout.write(describe(report));
}

function describe(report: DemoReport): string {
  const steps = new Table({ head: ["step", "block", "block time", "transaction", "ms"], style: { head: [], border: [] }, wordWrap: true, colWidths: [52, 7, 26, 70, 8] });
  for (const { name, block, blockTime, tx, ms, ok } of report.steps) steps.push([ok ? name : `FAILED: ${name}`, block ?? "", blockTime ?? "", tx ?? "", ms]);
  const files = new Table({ head: ["record", "format", "SHA-256 de-identified = decrypted", "Merkle root on chain = recomputed", "stock age"], style: { head: [], border: [] } });
  for (const { name, format, sha256, plaintextRoot, stockAge } of report.files) {
    files.push([name, format, `${sha256.decrypted.slice(0, 16)}… ${sha256.deidentified === sha256.decrypted ? "same" : "DIFFERS"}`, `${plaintextRoot.chain.slice(0, 18)}… ${plaintextRoot.chain === plaintextRoot.recomputed ? "same" : "DIFFERS"}`, stockAge === undefined ? "not tried" : "same"]);
  }
  const prices = new Table({ head: ["record", "predicted price (10 %, median, 90 %)", "why"], style: { head: [], border: [] }, wordWrap: true, colWidths: [21, 38, 106] });
  for (const { name, price: { p10, p50, p90, reasons } } of report.files) prices.push([name, `${p10.decimal} / ${p50.decimal} / ${p90.decimal} ${p50.currency}`, reasons.slice(0, 3).map(({ text }) => text).join("\n")]);
  const refusals = new Table({ head: ["what was tried", "refused with"], style: { head: [], border: [] } });
  for (const { case: what, code } of report.refusals) refusals.push([what, code === "" ? "LET THROUGH" : code]);
  const total = report.steps.reduce((sum, { ms }) => sum + ms, 0);
  return [
    "",
    steps.toString(),
    ...(report.files.length > 0 ? [prices.toString(), files.toString()] : []),
    ...(report.refusals.length > 0 ? [refusals.toString()] : []),
    report.error ? `The demo failed in the step "${report.error.step}":\n${report.error.message}` : `The whole trade took ${(total / 1000).toFixed(1)} s. Everything is stopped; nothing is left behind.`,
    "",
  ].join("\n");
}
