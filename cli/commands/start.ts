import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { packageRoot } from "../../platform/package-root.js";
import { startStack } from "../../platform/embedded/stack.js";
import { createCast } from "../demo/actor.js";
import { seedAccounts, seedMarket } from "../demo/seed.js";
import { prepareKeyring } from "../prepare-keyring.js";
import { keepAlive, stopRequest } from "../until-stopped.js";

export interface StartOptions {
  /** Relative to the checkout. */
  readonly home: string;
  readonly port: number;
  /** 0 = any free one. */
  readonly rpcPort: number;
  readonly custodians?: string;
}

/** Brings the stack up and keeps it up until a signal comes; then stops it in order, and ends with 0. */
export async function start(options: StartOptions): Promise<void> {
  const { signal, requested } = stopRequest();
  const began = Date.now();
  const home = resolve(packageRoot(), options.home);
  mkdirSync(home, { recursive: true });
  const people = join(home, "accounts");
  let api: string | null = null;
  const cast = createCast({ folder: people, api: () => api, signal });
  const accounts = await seedAccounts(cast, people);
  const running = await startStack({
    home,
    ports: { api: options.port, rpc: options.rpcPort },
    registrar: accounts.registrar,
    treasurer: accounts.treasurer,
    prepareKeyring,
    redisUrl: process.env["REDIS_URL"],
    custodiansFile: options.custodians,
    onExit: "restart",
    onProgress: (line) => process.stdout.write(`${line}\n`),
    signal,
  }).catch((error: unknown) => {
    // Asked to end while it was starting: it has stopped what it had started.
    if (!signal.aborted) throw error;
  });
  if (running === undefined) return;
  const status = join(home, "stack.json");
  writeFileSync(`${status}.new`, JSON.stringify({ pid: process.pid, urls: { ...running.urls, postgres: undefined, redis: undefined } }), { mode: 0o600 });
  renameSync(`${status}.new`, status);
  if (running.chainRepaired) process.stdout.write("The development chain was stopped while it wrote its state, and has forgotten up to five seconds; the index follows it back.\n");
  process.stdout.write(welcome(running.urls, home, Date.now() - began));
  api = running.urls.api;
  // The stack is of use without them: demo listings that cannot be made are no reason to stop it.
  const seeding = seedMarket(cast, people, accounts, (step) => process.stdout.write(`First start: ${step}.\n`)).catch((error: unknown) => {
    if (!signal.aborted) process.stdout.write(`The demo listings are not all there (${error instanceof Error ? error.message : String(error)}); the next start goes on with them.\n`);
  });
  const outcome = await keepAlive(Promise.race([requested, running.failed]));
  process.stdout.write("Stopping.\n");
  await Promise.all([running.stop(), seeding]);
  rmSync(status, { force: true });
  if (typeof outcome !== "number") throw outcome;
}

function welcome(urls: { graphql: string; rpc: string }, home: string, ms: number): string {
  return [
    "",
    `Galen is up (${(ms / 1000).toFixed(1)} s).`,
    `  GraphQL and GraphiQL  ${urls.graphql}`,
    `  Chain (JSON-RPC)      ${urls.rpc}`,
    `  Data, keys and logs   ${home}`,
    `  Accounts              ${join(home, "accounts")}: registrar, treasurer, provider, auditor-1, -2, -3, buyer`,
    "",
    "Open the first address in a browser for example operations. `npm run galen -- status` says how each part is; Ctrl-C stops it all.",
    "A person's commands: npm run galen -- listing list --profile .galen/accounts/buyer",
    "",
  ].join("\n");
}
