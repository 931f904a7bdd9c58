import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import Table from "cli-table3";
import { AppError } from "../../schema/errors.js";
import { homeHolder } from "../../platform/embedded/home.js";
import { packageRoot } from "../../platform/package-root.js";

interface StackFile {
  readonly pid: number;
  readonly urls: { readonly graphql: string; readonly rpc: string; readonly health: Readonly<Record<string, string>> };
}

/** Prints how each service of the home's stack is. Exit code 1 when one is not ready; throws NOT_FOUND when no stack runs there. */
export async function status(options: { readonly home: string; readonly json?: true }): Promise<void> {
  const home = resolve(packageRoot(), options.home);
  const pid = homeHolder(home);
  if (pid === null) throw new AppError("NOT_FOUND", `No stack runs in ${home}.`);
  let stack: StackFile;
  try {
    stack = JSON.parse(readFileSync(join(home, "stack.json"), "utf8")) as StackFile;
    if (stack.pid !== pid) throw new Error("It is of an earlier start.");
  } catch (cause) {
    throw new AppError("NOT_READY", `The stack in ${home} (process ${pid}) is still starting.`, { cause });
  }
  const services = await Promise.all(Object.entries(stack.urls.health).map(async ([name, url]) => ({ name, ...(await ask(url)) })));
  if (!services.every(({ ready }) => ready)) process.exitCode = 1;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ pid, home, graphql: stack.urls.graphql, rpc: stack.urls.rpc, services })}\n`);
    return;
  }
  const table = new Table({ head: ["service", "ready", "checks"], style: { head: [], border: [] } });
  for (const { name, ready, checks } of services) table.push([name, ready ? "yes" : "no", Object.entries(checks).map(([check, result]) => `${check}: ${result}`).join("\n")]);
  process.stdout.write(`Process ${pid}, ${stack.urls.graphql}, chain ${stack.urls.rpc}\n${table.toString()}\n`);
}

async function ask(url: string): Promise<{ ready: boolean; checks: Record<string, string> }> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(3_000) });
    const { checks } = (await response.json()) as { checks?: Record<string, string> };
    return { ready: response.ok, checks: checks ?? {} };
  } catch {
    return { ready: false, checks: { health: "does not answer" } };
  }
}
