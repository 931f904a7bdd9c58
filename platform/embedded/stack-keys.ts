import { join } from "node:path";
import { computeAddress } from "ethers";
import { secretFile } from "./secret-file.js";

/** The platform's roles that sign transactions, one key each (D3). */
const signers = ["admin", "relayer", "deliverer", "anchorer"] as const;
/** Symmetric keys of 32 bytes. */
const secrets = ["staging", "link", "cursor", "dedup"] as const;

export interface StackKeys {
  readonly file: Readonly<Record<(typeof signers)[number] | (typeof secrets)[number] | "keyring", string>>;
  readonly address: Readonly<Record<(typeof signers)[number], string>>;
}

/** Makes the key files of a home the first time (each 32 random bytes in hex, 0600). The keyring's own content is made by who owns its format. */
export function stackKeys(home: string): StackKeys {
  const folder = join(home, "keys");
  const pathOf = (name: string): string => join(folder, `${name}.key`);
  const addressOf = (name: string): string => computeAddress(`0x${secretFile(pathOf(name))}`);
  for (const name of secrets) secretFile(pathOf(name));
  const { admin, relayer, deliverer, anchorer } = Object.fromEntries(signers.map((name) => [name, addressOf(name)])) as StackKeys["address"];
  const file = Object.fromEntries([...signers, ...secrets].map((name) => [name, pathOf(name)])) as Omit<StackKeys["file"], "keyring">;
  return { file: { ...file, keyring: join(folder, "keyring.json") }, address: { admin, relayer, deliverer, anchorer } };
}
