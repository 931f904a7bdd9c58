import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PreparedRecord, SealedStore } from "../../client/index.js";

/** What a client-side upload sends, kept in the profile until it is stored: ciphertext, the statement's draft, the sealed evidence. No key, no plain text. */
export interface SealedFolder {
  readonly store: Omit<SealedStore, "open"> & { open(): Readable };
  keep(prepared: PreparedRecord, evidence: Uint8Array): void;
  read(): { prepared: PreparedRecord; evidence: Uint8Array };
  /** Names it by the upload, so that it is found again. */
  name(uploadId: string): void;
  remove(): void;
}

/** The platform takes back what was not sent whole by then; what is kept here of it is noise, for its key is gone. In ms. */
const forgottenAfter = 7 * 86_400_000;

/** @param name - an upload's id; a new one without. @returns null if there is none of that name */
export function sealedFolder(profile: string, name?: string): SealedFolder | null {
  const root = join(profile, "client-side");
  let folder = join(root, name ?? `new-${crypto.randomUUID()}`);
  if (name !== undefined && !existsSync(folder)) return null;
  if (name === undefined) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const other of readdirSync(root)) if (Date.now() - statSync(join(root, other)).mtimeMs > forgottenAfter) rmSync(join(root, other), { recursive: true, force: true });
  }
  const file = (of: string): string => join(folder, of);
  return {
    store: {
      write: (bytes) => pipeline(Readable.from(bytes, { objectMode: false }), createWriteStream(file("payload"), { mode: 0o600, flags: "wx" })),
      open: () => createReadStream(file("payload")),
    },
    keep(prepared, evidence) {
      writeFileSync(file("evidence"), evidence, { mode: 0o600 });
      writeFileSync(file("prepared.json"), JSON.stringify(prepared), { mode: 0o600 });
    },
    read: () => ({ prepared: JSON.parse(readFileSync(file("prepared.json"), "utf8")) as PreparedRecord, evidence: readFileSync(file("evidence")) }),
    name(uploadId) {
      renameSync(folder, join(root, uploadId));
      folder = join(root, uploadId);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
