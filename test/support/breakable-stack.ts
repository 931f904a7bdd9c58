import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { mkdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { Redis } from "ioredis";
import { startAnvil } from "../../platform/embedded/anvil.js";
import { startChild, type Child } from "../../platform/embedded/child.js";
import { openHome } from "../../platform/embedded/home.js";
import { startPostgres } from "../../platform/embedded/postgres.js";
import { startRedis } from "../../platform/embedded/redis.js";
import { serviceFiles } from "../../platform/embedded/services.js";
import { withApi, type TestApi } from "./with-api.js";
import { withS3, type S3Server } from "./with-s3.js";

export interface BreakableStack {
  readonly api: TestApi;
  readonly s3: S3Server;
  /** What can be broken; each resolves once it is broken, or back. */
  readonly faults: Readonly<Record<string, () => Promise<unknown>>>;
  /** The services' logs, for messages of a failed test. */
  readonly logs: string;
  stop(): Promise<void>;
}

/** Between looks of the supervisor, in ms. */
const superviseMs = 200;

/**
 * A whole stack that loses nothing over restarts, on fixed ports: Postgres, Redis (with its file), anvil (with its state), S3, and our services as processes: an
 * api, an indexer and two workers. A supervisor starts again whatever has ended. No api runs in the test's own process.
 */
export async function breakableStack(): Promise<BreakableStack> {
  const home = await openHome(null);
  const s3 = await withS3();
  const base = { home: home.path, durable: true };
  let [postgres, redis, anvil] = await Promise.all([startPostgres(base), startRedis(base), startAnvil(base)]);
  const portOf = (url: string): number => Number(new URL(url).port);
  const keyFile = (name: string, text: string): string => {
    mkdirSync(join(home.path, "keys"), { recursive: true, mode: 0o700 });
    const path = join(home.path, "keys", name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const api = await withApi(
    {
      OBJECT_STORE_URL: s3.url,
      S3_ACCESS_KEY_FILE: keyFile("s3-access", s3.accessKeyId),
      S3_SECRET_KEY_FILE: keyFile("s3-secret", s3.secretAccessKey),
      UPLOADS_AT_ONCE: "0",
    },
    {
      indexer: false,
      postgres: { url: postgres.url, stop: () => postgres.stop() },
      redis: { url: redis.url, stop: () => redis.stop() },
      anvil: { url: anvil.url, stop: () => anvil.stop() },
    },
  );
  await api.stopApi();
  const { DATABASE_URL = "", RPC_URL = "", DEPLOYMENT_FILE = "", NODE_ENV = "", POLL_INTERVAL_MS = "", ...workersOnly } = api.workersEnv;
  const chain = { DATABASE_URL, RPC_URL, DEPLOYMENT_FILE, NODE_ENV, POLL_INTERVAL_MS, CONNECT_TIMEOUT_MS: "10000", LOG_LEVEL: "info" };
  const workers = { ...workersOnly, ...chain };
  const specs = {
    api: { ...api.env, LOG_LEVEL: "info" },
    indexer: { ...chain, FINALITY_DEPTH: "2" },
    "first workers": workers,
    "second workers": workers,
  };

  type Name = keyof typeof specs;
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const running = new Map<Name, Child>();
  let stopped = false;
  const start = async (name: Name): Promise<void> => {
    const file = serviceFiles[name === "api" || name === "indexer" ? name : "workers"];
    running.set(name, await startChild({ name, command: process.execPath, args: ["--enable-source-maps", join(root, file)], env: specs[name], logFile: join(home.path, "logs", `${name}.log`) }));
  };
  const supervising = (async () => {
    while (!stopped) {
      for (const name of Object.keys(specs) as Name[]) if (running.get(name)?.hasExited() ?? true) await start(name);
      await wait(superviseMs);
    }
  })();

  const kill = async (child: Child | null | undefined): Promise<void> => {
    if (!child || child.hasExited()) return;
    process.kill(child.pid, "SIGKILL");
    await child.exited;
  };
  const restartPostgres = async (): Promise<void> => void (postgres = await startPostgres({ ...base, port: portOf(DATABASE_URL) }));
  return {
    api,
    s3,
    logs: join(home.path, "logs"),
    faults: {
      "first workers killed": () => kill(running.get("first workers")),
      "api killed": () => kill(running.get("api")),
      async "Redis flushed"() {
        const client = new Redis(redis.url, { retryStrategy: () => null });
        client.on("error", () => undefined);
        await client.flushall();
        client.disconnect();
        if (client.status !== "end") await once(client, "end");
      },
      "indexer killed": () => kill(running.get("indexer")),
      async "Postgres restarted"() {
        await postgres.stop();
        await restartPostgres();
      },
      "second workers killed": () => kill(running.get("second workers")),
      // What it had not written yet is lost, and jobs that are long done come back.
      async "Redis killed"() {
        await kill(redis.child);
        redis = await startRedis({ ...base, port: portOf(redis.url) });
      },
      async "the chain's node stopped and started"() {
        await anvil.stop();
        anvil = await startAnvil({ ...base, port: portOf(RPC_URL) });
      },
      async "Postgres killed"() {
        await kill(postgres.child);
        await restartPostgres();
      },
      "both workers killed": () => Promise.all([kill(running.get("first workers")), kill(running.get("second workers"))]),
    },
    async stop() {
      stopped = true;
      await supervising;
      await Promise.all([...running.values()].map((child) => child.stop()));
      await api.stop();
      await s3.stop();
      home.release();
    },
  };
}
