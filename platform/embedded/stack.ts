import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { startAnvil } from "./anvil.js";
import type { Child } from "./child.js";
import { freePort } from "./free-port.js";
import { openHome } from "./home.js";
import { startPostgres } from "./postgres.js";
import { startRedis } from "./redis.js";
import { runToEnd, startServices, type ServiceName, type ServiceSpec } from "./services.js";
import { stackKeys, type StackKeys } from "./stack-keys.js";

const CHAIN_ID = 31337;
const HOUR = 3_600;

export interface StackOptions {
  /** Folder for data, keys and logs; null for a temporary one that vanishes with us. */
  readonly home: string | null;
  readonly ports?: { readonly api?: number; readonly rpc?: number; readonly postgres?: number; readonly redis?: number };
  /** Who accredits participants, and who issues test dollars: their keys are not ours. */
  readonly registrar: string;
  readonly treasurer: string;
  /** Writes the platform's keyring to this path if it is not there: its format belongs to a room that this one may not import. */
  readonly prepareKeyring: (path: string) => Promise<void>;
  /** A Redis that somebody else runs. */
  readonly redisUrl?: string | undefined;
  /** Custodians, who run elsewhere. */
  readonly custodiansFile?: string | undefined;
  /** False: a crash or power cut may lose everything (demo, tests). True unless told. */
  readonly durable?: boolean;
  /** What to do when one of our processes ends by itself. */
  readonly onExit: "restart" | "fail";
  /** Windows of the market, in seconds (an hour each unless told); whether its auditors are drawn by lot (no, unless told). */
  readonly market?: { readonly deliveryWindow?: number; readonly settleWindow?: number; readonly assignment?: { readonly roundSeconds: number; readonly seats: number; readonly exclusiveSeconds: number } };
  /** More variables of our processes, e.g. LOG_LEVEL, LINK_TTL_SECONDS. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onProgress?: (line: string) => void;
  /** Gives the start up: what has started is stopped, and the start throws. Afterwards it means nothing. */
  readonly signal?: AbortSignal | undefined;
}

export interface Stack {
  readonly home: string;
  readonly urls: {
    readonly api: string;
    readonly graphql: string;
    readonly rpc: string;
    readonly postgres: string;
    readonly redis: string;
    readonly health: Readonly<Partial<Record<ServiceName, string>>>;
  };
  /** The whole environment of each of our processes, for tests that start one of their own. */
  readonly env: Readonly<Record<"migrate" | "indexer" | "workers" | "api", Readonly<Record<string, string>>>>;
  readonly deploymentFile: string;
  /** True when the development chain forgot some seconds in a crash (D5). */
  readonly chainRepaired: boolean;
  /** Settled with the reason when part of the stack has ended by itself and is not started again. */
  readonly failed: Promise<AppError>;
  readonly stop: () => Promise<void>;
}

/**
 * Brings up everything on this machine: Postgres, Redis and anvil, then migrations and contracts, then indexer, workers and api, each
 * ready before this returns. Throws CONFLICT (home in use), PORT_IN_USE, *_UNAVAILABLE or NOT_READY; whatever was started is stopped.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { durable = true, onProgress = () => undefined } = options;
  const home = await openHome(options.home);
  /** In the order of their start; stopped the other way round. */
  const stops: (() => Promise<void>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopped ??= (async () => {
      for (const end of stops.reverse()) await end().catch(() => undefined);
      home.release();
    })());
  try {
    const apiPort = await freePort(options.ports?.api);
    const keys = stackKeys(home.path);
    await options.prepareKeyring(keys.file.keyring);
    onProgress("Starting Postgres, Redis and the chain");
    const started: Child[] = [];
    const keep = <Running extends { child: Child | null; stop: () => Promise<void> }>(running: Running): Running => {
      stops.push(running.stop);
      if (running.child !== null) started.push(running.child);
      home.noteChildren(started);
      return running;
    };
    const base = { home: home.path, durable };
    const starting = [
      startPostgres({ ...base, ...port(options.ports?.postgres) }).then((running) => keep(running)),
      startRedis({ ...base, ...port(options.ports?.redis), url: options.redisUrl, onProgress }).then((running) => keep(running)),
      startAnvil({ ...base, ...port(options.ports?.rpc), chainId: CHAIN_ID }).then((running) => keep(running)),
    ] as const;
    // If one fails, the others are waited for, so that they can be stopped.
    await Promise.allSettled(starting);
    const [postgres, redis, anvil] = await Promise.all(starting);
    options.signal?.throwIfAborted();

    const deploymentFile = join(home.path, "deployments", `${CHAIN_ID}.json`);
    const publicUrl = `http://127.0.0.1:${apiPort}`;
    const env = environments({ options, home: home.path, keys, deploymentFile, publicUrl, apiPort, database: postgres.url, redis: redis.url, rpc: anvil.url });
    onProgress("Migrating the database and deploying the contracts");
    const preparing = [runToEnd(home.path, { name: "migrate", env: env.migrate }), runToEnd(home.path, deployment(options, home.path, keys, anvil.url))];
    await Promise.allSettled(preparing);
    await Promise.all(preparing);
    options.signal?.throwIfAborted();

    onProgress("Starting indexer, workers and api");
    const services = await startServices({
      home: home.path,
      services: (["indexer", "workers", "api"] as const).map((name) => ({ name, env: env[name] })),
      onExit: options.onExit,
      signal: options.signal,
      onRestart: onProgress,
      onChildren: (children) => home.noteChildren([...started, ...children]),
    });
    stops.push(services.stop);

    const ended = started.map(async (child) => {
      const { code, signal } = await child.exited;
      return new AppError("NOT_READY", `${child.name} ended (${signal ?? `exit code ${code}`}). Its last words:\n${child.lastLines()}`);
    });
    return {
      home: home.path,
      urls: { api: publicUrl, graphql: `${publicUrl}/graphql`, rpc: anvil.url, postgres: postgres.url, redis: redis.url, health: services.health },
      env,
      deploymentFile,
      chainRepaired: anvil.repaired,
      failed: Promise.race([services.failed, ...ended]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const port = (wanted: number | undefined): { port?: number } => (wanted === undefined ? {} : { port: wanted });

interface Places {
  readonly options: StackOptions;
  readonly home: string;
  readonly keys: StackKeys;
  readonly deploymentFile: string;
  readonly publicUrl: string;
  readonly apiPort: number;
  readonly database: string;
  readonly redis: string;
  readonly rpc: string;
}

/** Each process gets what platform/config lists for it, and no more. */
function environments({ options, home, keys, deploymentFile, publicUrl, apiPort, database, redis, rpc }: Places): Stack["env"] {
  const objects = join(home, "objects");
  mkdirSync(objects, { recursive: true, mode: 0o700 });
  const every = { NODE_ENV: "development", LOG_LEVEL: "info", DATABASE_URL: database, ...options.env };
  const chain = { RPC_URL: rpc, DEPLOYMENT_FILE: deploymentFile, FINALITY_DEPTH: "2", POLL_INTERVAL_MS: "50" };
  const store = { OBJECT_STORE_URL: pathToFileURL(objects).href, STAGING_KEY_FILE: keys.file.staging };
  return {
    migrate: every,
    indexer: { ...every, ...chain },
    api: { ...every, ...chain, ...store, REDIS_URL: redis, PORT: `${apiPort}`, PUBLIC_URL: publicUrl, PUBLIC_RPC_URL: rpc, LINK_KEY_FILE: keys.file.link, CURSOR_KEY_FILE: keys.file.cursor, ...(options.custodiansFile === undefined ? {} : { CUSTODIANS_FILE: resolve(options.custodiansFile) }) },
    workers: {
      ...every,
      ...chain,
      ...store,
      REDIS_URL: redis,
      DEDUP_KEY_FILE: keys.file.dedup,
      KEYRING_FILE: keys.file.keyring,
      RELAYER_KEY_FILE: keys.file.relayer,
      DELIVERER_KEY_FILE: keys.file.deliverer,
      ANCHORER_KEY_FILE: keys.file.anchorer,
    },
  };
}

/** The admin's key deploys and keeps the administration; contracts/script deploys once, and afterwards finds what it deployed. */
function deployment(options: StackOptions, home: string, keys: StackKeys, rpc: string): ServiceSpec {
  const { admin, relayer, deliverer, anchorer } = keys.address;
  const parameters = {
    admin,
    registrar: options.registrar,
    pauser: admin,
    treasurer: options.treasurer,
    treasury: options.treasurer,
    token: { name: "Test Dollar", symbol: "tUSD" },
    feeBps: 100,
    quorum: 2,
    deliveryWindow: options.market?.deliveryWindow ?? HOUR,
    settleWindow: options.market?.settleWindow ?? HOUR,
    disputeWindow: HOUR,
    maxPause: 24 * HOUR,
    ...(options.market?.assignment === undefined ? {} : { assignment: options.market.assignment }),
    delays: { admin: 0, registrar: 0, pauser: 0, treasurer: 0 },
    platform: [
      { account: relayer, roles: Role.RELAYER },
      { account: deliverer, roles: Role.DELIVERER },
      { account: anchorer, roles: Role.ANCHORER },
    ],
  };
  const file = join(home, "market.json");
  writeFileSync(file, JSON.stringify(parameters, null, 2), { mode: 0o600 });
  return { name: "deploy", env: {}, args: ["--rpc", rpc, "--key-file", keys.file.admin, "--parameters", file, "--out", join(home, "deployments")] };
}
