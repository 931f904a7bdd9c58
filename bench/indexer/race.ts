import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { connectDatabase } from "../../platform/database/connect.js";
import { migrate } from "../../platform/database/migrate.js";
import { freePort } from "../../platform/embedded/free-port.js";
import { marketplaceAbi } from "../../schema/abi/marketplace.js";
import { stock, stockTables, type Contestant } from "./contestants.js";
import type { LoadedChain } from "./load-chain.js";

export interface Measured {
  readonly eventsPerSecond: number;
  /** Largest resident memory, MB. */
  readonly memoryMb: number;
  readonly digest: string;
  /** Tables and indexes, bytes an event. */
  readonly bytesPerEvent: number;
}

/** Runs one contestant from process start to the last row visible, in an empty database of its own. */
export async function race(contestant: Contestant, loaded: LoadedChain, place: { postgresUrl: string; database: string; folder: string; limitMs: number }): Promise<Measured> {
  const databaseUrl = place.postgresUrl.replace(/\/[^/]*$/, `/${place.database}`);
  await withClient(place.postgresUrl, (client) => client.query(`create database ${place.database}`));
  if (contestant.migrated) {
    const database = await connectDatabase({ url: databaseUrl, service: "bench" });
    await migrate(database);
    await database.destroy();
  }
  const { chain } = loaded;
  const deployment = join(place.folder, "deployment.json");
  const chainFile = join(place.folder, "chain.json");
  writeFileSync(deployment, JSON.stringify(chain.deployment));
  writeFileSync(chainFile, JSON.stringify({ url: chain.url, address: chain.deployment.marketplace, abi: marketplaceAbi.filter(({ type }) => type === "event") }));
  const { port, username, password } = new URL(databaseUrl);
  const env = {
    ...{ PATH: process.env["PATH"], HOME: place.folder, CHAIN_JSON: chainFile, DATABASE_URL: databaseUrl, RPC_URL: chain.url, DEPLOYMENT_FILE: deployment },
    ...{ DB_HOST: "127.0.0.1", DB_PORT: port, DB_USER: username, DB_PASS: decodeURIComponent(password), DB_NAME: place.database },
    ...contestant.env(await freePort()),
  };
  return withClient(databaseUrl, async (client) => {
    if (contestant === stock) await client.query(stockTables);
    const start = performance.now();
    const child = spawn(process.execPath, [...contestant.command({ deployment })], { cwd: contestant.folder, env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const listen = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-2_000));
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    let memoryMb = 0;
    try {
      const until = async (condition: string, value: unknown, pauseMs: number): Promise<number> => {
        for (;;) {
          if (child.exitCode !== null) throw new Error(`${contestant.name} ended: ${said}`);
          const asked = performance.now();
          if (asked - start > place.limitMs) throw new Error(`${contestant.name} took more than ${place.limitMs} ms: ${said}`);
          memoryMb = Math.max(memoryMb, peakMemoryMb(child.pid!));
          // Tables may not be there yet.
          const { rows } = await client.query<{ done: boolean | null }>(condition, [value]).catch(() => ({ rows: [] }));
          if (rows[0]?.done === true) return asked;
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
      };
      // Counting all rows over and over would take a core from the contestant: first its last row is looked for, by its key.
      await until(contestant.visible, loaded.lastPurchase, 10);
      const seconds = ((await until(contestant.done, loaded.purchases, 20)) - start) / 1000;
      const { rows } = await client.query<{ digest: string }>(
        `select md5((select string_agg(line, ';' order by line) from (${contestant.rows.listings}) l) || '|' || (select string_agg(line, ';' order by line) from (${contestant.rows.purchases}) p)) as digest`,
      );
      const size = await client.query<{ bytes: string }>("select sum(pg_total_relation_size(oid)) as bytes from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace");
      return { eventsPerSecond: loaded.events / seconds, memoryMb, digest: rows[0]!.digest, bytesPerEvent: Number(size.rows[0]!.bytes) / loaded.events };
    } finally {
      if (child.exitCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    }
  }).finally(() => withClient(place.postgresUrl, (client) => client.query(`drop database ${place.database} with (force)`)));
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function peakMemoryMb(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
