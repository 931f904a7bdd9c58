import { randomUUID } from "node:crypto";
import { link, mkdir, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../../schema/errors.js";
import { nodeBackend } from "../backend/node.js";
import { encodeKeyring, type Keyring, newKeyring, parseKeyring } from "./keyring.js";

const ownerOnly = 0o600;
/** Permission bits that group and others must not have. */
const othersMask = 0o077;

/**
 * Reads a keyring file.
 * @returns null where there is no such file.
 * Throws CONFIG_INVALID where group or others may touch it, or where its content is not a keyring.
 */
export async function readKeyring(path: string): Promise<Keyring | null> {
  let file;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new AppError("CONFIG_INVALID", "The keyring file cannot be read.", { cause: error });
  }
  try {
    const { mode } = await file.stat();
    if ((mode & othersMask) !== 0) throw new AppError("CONFIG_INVALID", "The keyring file is open to group or others: chmod 600 it.");
    return parseKeyring(await file.readFile("utf8"));
  } finally {
    await file.close();
  }
}

/** Reads the keyring, or makes a new one where there is none. Safe when several processes start at once: all get the same. */
export async function openKeyring(path: string): Promise<Keyring> {
  const found = await readKeyring(path);
  if (found !== null) return found;
  const temporary = await writeBeside(path, newKeyring(nodeBackend));
  try {
    // A link, unlike a rename, does not replace what another process has made meanwhile.
    await link(temporary, path);
    await syncFolder(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(temporary);
  }
  const made = await readKeyring(path);
  if (made === null) throw new AppError("KEY_UNAVAILABLE", "The keyring file vanished while it was opened.");
  return made;
}

/** Replaces the keyring file in one step: after a crash it is the old one or the new one. */
export async function writeKeyring(path: string, keyring: Keyring): Promise<void> {
  await rename(await writeBeside(path, keyring), path);
  await syncFolder(path);
}

async function writeBeside(path: string, keyring: Keyring): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await open(temporary, "wx", ownerOnly);
  try {
    await file.writeFile(encodeKeyring(keyring));
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
