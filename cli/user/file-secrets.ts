import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { SecretStore } from "../../client/index.js";

/** Secrets of rounds, a file each, 0600, in a folder of the profile: on disk before they are committed to. */
export function fileSecrets(folder: string): SecretStore {
  const path = (round: bigint): string => join(folder, `${round}.secret`);
  return {
    read(round) {
      try {
        return readFileSync(path(round), "utf8").trim();
      } catch {
        return null; // none was made
      }
    },
    keep(round, secret) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const file = openSync(`${path(round)}.new`, "w", 0o600);
      writeSync(file, `${secret}\n`);
      fsyncSync(file);
      closeSync(file);
      renameSync(`${path(round)}.new`, path(round));
    },
    forgetBefore(round) {
      let names: string[];
      try {
        names = readdirSync(folder);
      } catch {
        return; // nothing was kept yet
      }
      for (const name of names) if (BigInt(/^\d+/.exec(name)?.[0] ?? round) < round) rmSync(join(folder, name));
    },
  };
}
