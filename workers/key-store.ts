import type { Kek } from "../crypto/custody/kek.js";
import { newest, withoutKeksBelow } from "../crypto/custody/keyring.js";
import { readKeyring, writeKeyring } from "../crypto/custody/keyring-node.js";
import { nodeCrypto } from "../crypto/node.js";
import { transitKek } from "../platform/vault/transit-kek.js";
import { AppError } from "../schema/errors.js";
import type { PlatformKeyring } from "./open-platform-keyring.js";

/** Where the key-encryption keys live, with what an operator does to them. */
export interface KeyStore {
  readonly kek: Kek;
  /** @returns the new version's number; new records are sealed under it within seconds, in every process. */
  addVersion(): Promise<number>;
  /** What lower versions sealed can no more be opened. Callers make sure that nothing is left. */
  retireBelow(version: number): Promise<void>;
}

interface KeyStoreOptions {
  KEYRING_FILE: string;
  VAULT_ADDR?: string | undefined;
  VAULT_TOKEN_FILE?: string | undefined;
  VAULT_TRANSIT_MOUNT: string;
  VAULT_TRANSIT_KEY: string;
  VAULT_NAMESPACE?: string | undefined;
}

/** Vault's transit engine where VAULT_ADDR names one, else the keyring's file. @throws AppError CONFIG_INVALID */
export function keyStore(env: KeyStoreOptions, keyring: PlatformKeyring): KeyStore {
  if (env.VAULT_ADDR !== undefined) {
    if (env.VAULT_TOKEN_FILE === undefined) throw new AppError("CONFIG_INVALID", "VAULT_TOKEN_FILE: missing, and VAULT_ADDR is set.", { details: { variables: ["VAULT_TOKEN_FILE"] } });
    const transit = transitKek({ address: env.VAULT_ADDR, mount: env.VAULT_TRANSIT_MOUNT, key: env.VAULT_TRANSIT_KEY, tokenFile: env.VAULT_TOKEN_FILE, namespace: env.VAULT_NAMESPACE });
    return { kek: transit, addVersion: () => transit.addVersion(), retireBelow: (version) => transit.retireBelow(version) };
  }
  const fromFile = async () => {
    const read = await readKeyring(env.KEYRING_FILE);
    if (read === null) throw new AppError("CONFIG_INVALID", "The keyring file is gone.");
    return read;
  };
  return {
    kek: nodeCrypto.keyringKek(() => keyring.current()),
    async addVersion() {
      const next = nodeCrypto.withNewKek(await fromFile());
      await writeKeyring(env.KEYRING_FILE, next);
      return newest(next.keks).version;
    },
    async retireBelow(version) {
      await writeKeyring(env.KEYRING_FILE, withoutKeksBelow(await fromFile(), version));
    },
  };
}
