import { setTimeout as wait } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { nodeCrypto } from "../crypto/node.js";
import { parseEnv } from "../platform/config/parse-env.js";
import { processVariables } from "../platform/config/processes.js";
import { advisoryLocks } from "../platform/database/advisory-locks.js";
import { connectDatabase } from "../platform/database/connect.js";
import { createLogger } from "../platform/log.js";
import { AppError } from "../schema/errors.js";
import { keyStore, type KeyStore } from "./key-store.js";
import { openPlatformKeyring } from "./open-platform-keyring.js";
import { rotateKeys } from "./rotate-keys.js";

export type KeysCommand =
  | { readonly name: "status" }
  /** @param fresh - under a new version, else under the newest there is: takes up a rotation that was stopped. */
  | { readonly name: "rotate"; readonly fresh: boolean }
  | { readonly name: "retire" };

export interface KeysStatus {
  /** `keyring` or `vault-transit`. */
  store: string;
  currentVersion: number;
  /** Records sealed under each version, ascending. */
  records: { version: number; count: number }[];
  /** Records whose key was destroyed. */
  erased: number;
}

/** Until every worker uses a new version: they look at the file, or at Vault, every two seconds. */
const settleMs = 3_000;

/**
 * Runs an operator's command on the key-encryption keys, with the environment of the workers; these go on meanwhile.
 * @param onProgress - told how many records a rotation has sealed anew.
 * @throws AppError CONFLICT if another such command runs, or if versions to retire still seal records; KEY_STORE_UNAVAILABLE
 */
export async function operateKeys(command: KeysCommand, environment: NodeJS.ProcessEnv, onProgress?: (rotated: number) => void): Promise<KeysStatus & { rotated?: number }> {
  const env = parseEnv(processVariables.workers, environment);
  const keyring = await openPlatformKeyring(env.KEYRING_FILE, env.NODE_ENV, createLogger({ service: "keys-operator", level: "silent" }));
  const database = await connectDatabase({ url: env.DATABASE_URL, service: "keys-operator", poolSize: 2, connectTimeoutMs: env.CONNECT_TIMEOUT_MS, statementTimeoutMs: 0 });
  const lock = database.createQueryRunner();
  try {
    const [held] = (await lock.query("select pg_try_advisory_lock($1) as taken", [advisoryLocks.keysOperator])) as { taken: boolean }[];
    if (!held?.taken) throw new AppError("CONFLICT", "Another command on the keys is running.");
    const store = keyStore(env, keyring);
    const fileKeys = nodeCrypto.createKeyWrapper(store.kek, () => keyring.current().identities);
    if (command.name === "status") return await statusOf(database, store);
    if (command.name === "retire") {
      const version = await store.kek.currentVersion();
      await raiseFloor(database, version);
      await store.retireBelow(version);
      return await statusOf(database, store);
    }
    if (command.fresh) await store.addVersion();
    await wait(settleMs);
    const newestVersion = await store.kek.currentVersion();
    const rotated = await rotateKeys({ database, fileKeys, newestVersion, ...(onProgress ? { onProgress } : {}) });
    return { ...(await statusOf(database, store)), rotated };
  } finally {
    await lock.release();
    await database.destroy();
    keyring.close();
  }
}

/** From now on no key is stored under a lower version. Killed before the versions are destroyed, it is done again. */
async function raiseFloor(database: DataSource, version: number): Promise<void> {
  await database.transaction(async (manager) => {
    await manager.query("update app.kek_floor set version = $1", [version]);
    const [older] = (await manager.query("select kek_version as version, count(*) from app.record_key where kek_version < $1 and wrapped is not null group by 1 order by 1 limit 1", [version])) as { version: number; count: string }[];
    if (older) throw new AppError("CONFLICT", `Version ${older.version} still seals ${older.count} records: rotate first.`);
  });
}

async function statusOf(database: DataSource, { kek }: KeyStore): Promise<KeysStatus> {
  const rows = (await database.query("select kek_version as version, count(*) filter (where wrapped is not null)::int as count, count(*) filter (where wrapped is null)::int as erased from app.record_key where kek_version is not null group by 1 order by 1")) as { version: number; count: number; erased: number }[];
  return {
    store: kek.name,
    currentVersion: await kek.currentVersion(),
    records: rows.filter(({ count }) => count > 0).map(({ version, count }) => ({ version, count })),
    erased: rows.reduce((sum, { erased }) => sum + erased, 0),
  };
}
