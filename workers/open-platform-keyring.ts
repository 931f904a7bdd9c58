import type { Keyring } from "../crypto/custody/keyring.js";
import { openKeyring, readKeyring } from "../crypto/custody/keyring-node.js";
import { AppError } from "../schema/errors.js";

/**
 * The platform's keyring. In development it is made where there is none; in production never: a wrong path would quietly start a second set of keys.
 * @throws AppError CONFIG_INVALID
 */
export async function openPlatformKeyring(path: string, environment: string): Promise<Keyring> {
  if (environment !== "production") return openKeyring(path);
  const keyring = await readKeyring(path);
  if (keyring === null) throw new AppError("CONFIG_INVALID", `KEYRING_FILE ${path} does not exist; make the keyring first.`);
  return keyring;
}
