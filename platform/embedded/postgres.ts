import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { AppError } from "../../schema/errors.js";
import { minimalEnv, startChild, waitUntilReady, type Child } from "./child.js";
import { freePort } from "./free-port.js";
import { isTraversable, postgresUser, type OsUser } from "./os-user.js";
import { postgresBinaries, SHARED_ROOT } from "./postgres-binaries.js";
import { secretFile } from "./secret-file.js";
import { watchdog } from "./watchdog.js";

const USER = "galen";
const DATABASE = "galen";

export interface PostgresOptions {
  /** Folder of the stack; the password is kept in `<home>/keys/postgres-password`. */
  readonly home: string;
  /** Any free one unless told; PORT_IN_USE when it is taken. */
  readonly port?: number;
  /** False: no fsync, and the data is removed on a stop (tests, demo). True unless told. */
  readonly durable?: boolean;
}

export interface RunningPostgres {
  /** Of the database `galen`, as a super-user, with the password in it. */
  readonly url: string;
  /** Where the data lies: `<home>/postgres`, or under /var/lib/galen where that cannot be reached (D14). */
  readonly dataFolder: string;
  readonly child: Child;
  readonly stop: () => Promise<void>;
}

/** How long what is left of a former server may take to end. */
const leftoverMs = 10_000;

/** Starts the stack's own Postgres 18 on 127.0.0.1 with a password; makes cluster and database the first time. Throws DATABASE_UNAVAILABLE. */
export async function startPostgres({ home, port: wanted, durable = true }: PostgresOptions): Promise<RunningPostgres> {
  const user = postgresUser();
  const binaries = postgresBinaries(user);
  const password = secretFile(join(home, "keys", "postgres-password"));
  const data = dataFolder(home, user);
  if (!durable) watchdog.removeFolder(placeOf(data));
  if (!existsSync(join(data, "PG_VERSION"))) await initialise(binaries, data, password, user, durable);

  const port = await freePort(wanted);
  const start = (): Promise<Child> => startChild({
    name: "postgres",
    command: join(binaries, "postgres"),
    args: ["-D", data, ...settings(port, durable)],
    env: { LC_MESSAGES: "C" },
    cwd: data,
    user,
    logFile: join(home, "logs", "postgres.log"),
    // Fast shutdown: rolls open transactions back and ends, without waiting for clients to leave.
    stopSignal: "INT",
    stopTimeoutMs: 20_000,
  });
  const at = `postgres://${USER}:${password}@127.0.0.1:${port}`;
  let child: Child;
  for (const end = Date.now() + leftoverMs; ; ) {
    child = await start();
    try {
      await waitUntilReady(child, "DATABASE_UNAVAILABLE", () => ensureDatabase(`${at}/postgres`), 30_000);
      break;
    } catch (error) {
      // The last processes of a server that ended a moment ago, or was killed, may still be about to go.
      // They say farewell in the same log, after the reason perhaps.
      if (Date.now() > end || !child.lastLines(200).includes("pre-existing shared memory block")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const stop = async (): Promise<void> => {
    await child.stop();
    if (!durable) rmSync(placeOf(data), { recursive: true, force: true });
  };
  return { url: `${at}/${DATABASE}`, dataFolder: data, child, stop };
}

function settings(port: number, durable: boolean): string[] {
  const values: Record<string, string | number> = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 200,
    shared_buffers: "128MB",
    max_wal_size: "1GB",
    timezone: "UTC",
    log_timezone: "UTC",
    // Statement texts hold user data: errors are logged by the process that made them.
    log_min_error_statement: "panic",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/**
 * Under the home if the Postgres user can get there. Else under /var/lib/galen, marked with the home's own id, so that data of a home
 * that was since deleted is not taken for ours.
 */
function dataFolder(home: string, user: OsUser | null): string {
  mkdirSync(home, { recursive: true });
  if (user === null || isTraversable(home, user)) return ownFolder(join(home, "postgres"), user);
  const name = createHash("sha256").update(realpathSync(home)).digest("hex").slice(0, 16);
  const place = join(SHARED_ROOT, name);
  const id = secretFile(join(home, "id"));
  const mark = join(place, "home-id");
  if (existsSync(place) && (!existsSync(mark) || readFileSync(mark, "utf8") !== id)) rmSync(place, { recursive: true });
  mkdirSync(place, { recursive: true, mode: 0o755 });
  writeFileSync(mark, id, { mode: 0o600 });
  return ownFolder(join(place, "postgres"), user);
}

/** What is removed with the data: its folder under /var/lib/galen has nothing else in it. */
const placeOf = (data: string): string => (data.startsWith(`${SHARED_ROOT}/`) ? dirname(data) : data);

function ownFolder(path: string, user: OsUser | null): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  if (user !== null) chownSync(path, user.uid, user.gid);
  return path;
}

async function initialise(binaries: string, data: string, password: string, user: OsUser | null, durable: boolean): Promise<void> {
  // A cluster without PG_VERSION is one whose making was interrupted.
  rmSync(data, { recursive: true, force: true });
  ownFolder(data, user);
  const passwordFile = `${data}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (user !== null) chownSync(passwordFile, user.uid, user.gid);
    await promisify(execFile)(
      join(binaries, "initdb"),
      [
        ...["--pgdata", data, "--username", USER, "--auth", "scram-sha-256", "--pwfile", passwordFile],
        ...["--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"],
        ...["--no-instructions", ...(durable ? [] : ["--no-sync"])],
      ],
      { cwd: data, env: { ...minimalEnv(), LC_ALL: "C" }, ...(user === null ? {} : { uid: user.uid, gid: user.gid }) },
    );
  } catch (cause) {
    rmSync(data, { recursive: true, force: true });
    const words = String((cause as { stderr?: string }).stderr ?? (cause as Error).message).trim();
    throw new AppError("DATABASE_UNAVAILABLE", `initdb could not make the database's folder ${data}.\n${words}`, { cause });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function ensureDatabase(maintenanceUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: maintenanceUrl, connectionTimeoutMillis: 3_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}
