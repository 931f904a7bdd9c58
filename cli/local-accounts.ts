import { join } from "node:path";
import { computeAddress } from "ethers";
import { secretFile } from "../platform/embedded/secret-file.js";

const names = ["registrar", "treasurer", "provider", "auditor-1", "auditor-2", "auditor-3", "buyer"] as const;

export interface LocalAccount {
  /** File with the private key, 32 bytes in hex, mode 0600. */
  readonly keyFile: string;
  readonly address: string;
}

/** The people of a development stack: keys in `<home>/accounts/<name>.key`, made the first time. In production each has an own wallet. */
export function localAccounts(home: string): Readonly<Record<(typeof names)[number], LocalAccount>> {
  const entries = names.map((name) => {
    const keyFile = join(home, "accounts", `${name}.key`);
    return [name, { keyFile, address: computeAddress(`0x${secretFile(keyFile)}`) }] as const;
  });
  return Object.fromEntries(entries) as Record<(typeof names)[number], LocalAccount>;
}
