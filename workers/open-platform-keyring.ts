import { stat } from "node:fs/promises";
import type { Keyring } from "../crypto/custody/keyring.js";
import { openKeyring, readKeyring } from "../crypto/custody/keyring-node.js";
import type { Logger } from "../platform/log.js";
import { AppError } from "../schema/errors.js";

/** Between looks at the keyring file, in ms: a rotation reaches every process by then. */
const lookEveryMs = 2_000;

export interface PlatformKeyring {
  /** The keyring as it is now: ask at each use. */
  current(): Keyring;
  close(): void;
}

/**
 * The platform's keyring, read again when its file changes. In development it is made where there is none; in production never: a wrong path would
 * quietly start a second set of keys. A file that cannot be read later leaves the one that is held.
 * @throws AppError CONFIG_INVALID
 */
export async function openPlatformKeyring(path: string, environment: string, log: Logger): Promise<PlatformKeyring> {
  let keyring = environment === "production" ? await readKeyring(path) : await openKeyring(path);
  if (keyring === null) throw new AppError("CONFIG_INVALID", `KEYRING_FILE ${path} does not exist; make the keyring first.`);
  let held = keyring;
  let seen = await versionOf(path);
  const timer = setInterval(() => {
    void (async () => {
      const version = await versionOf(path);
      if (version === seen) return;
      keyring = await readKeyring(path);
      if (keyring === null) throw new AppError("CONFIG_INVALID", "The keyring file is gone.");
      held = keyring;
      seen = version;
      log.info({ kekVersion: keyring.keks.at(-1)?.version }, "the keyring was read again");
    })().catch((error: unknown) => log.error({ error }, "the changed keyring cannot be read; the old one is kept"));
  }, lookEveryMs);
  timer.unref();
  return { current: () => held, close: () => clearInterval(timer) };
}

/** Changes whenever the file is replaced or written. */
async function versionOf(path: string): Promise<string> {
  const { ino, mtimeMs, size } = await stat(path);
  return `${ino}.${mtimeMs}.${size}`;
}
