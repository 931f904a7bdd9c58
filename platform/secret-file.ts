import { readFileSync } from "node:fs";
import { AppError } from "../schema/errors.js";

/**
 * Reads a secret of 32 bytes, written as 64 hex digits (a 0x prefix is allowed).
 * @throws AppError CONFIG_INVALID, naming the file, never its content.
 */
export function readSecret32(path: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim().replace(/^0x/, "");
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", `Cannot read the key file ${path}.`, { cause });
  }
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new AppError("CONFIG_INVALID", `The key file ${path} does not hold 32 bytes in hex.`);
  return new Uint8Array(Buffer.from(text, "hex"));
}

/** As readSecret32, for a file that holds a line of text. */
export function readSecretText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", `Cannot read the key file ${path}.`, { cause });
  }
}
