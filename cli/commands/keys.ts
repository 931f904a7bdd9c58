import type { KeysCommand } from "../../workers/operate-keys.js";

/** Runs an operator's command on the key-encryption keys and prints what is so then as one JSON object. The environment is that of the workers' process. */
export async function keys(command: KeysCommand): Promise<void> {
  const { operateKeys } = await import("../../workers/operate-keys.js");
  const onProgress = process.stderr.isTTY ? (rotated: number) => process.stderr.write(`\r${rotated} records sealed anew`) : undefined;
  const status = await operateKeys(command, process.env, onProgress);
  if (onProgress) process.stderr.write("\n");
  process.stdout.write(`${JSON.stringify(status)}\n`);
}
