import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Signed } from "../crypto/signed.js";
import type { Destruction } from "../crypto/custody/custodian-messages.js";
import { AppError } from "../schema/errors.js";

/** A share as it lies in the custodian's folder. */
export interface KeptShare {
  /** `0x…`: its name. */
  readonly commitment: string;
  readonly record: string;
  readonly index: number;
  /** `0x…` SHA-256 of the token that destroys it. */
  readonly eraseHash: string;
  /** Base64 of the shares document: whoever lost it gets it here again. */
  readonly document: string;
  /** Base64: an age file for this custodian alone. */
  readonly sealed: string;
  /** The last final block when it came. Its listing is to be found after it. */
  readonly block: number;
  /** ISO 8601. */
  readonly at: string;
}

/** The shares in one folder, a file each; of one that was destroyed its certificate stays, and keeps it from coming back. */
export interface Shares {
  /** @throws AppError CONFLICT if another one of this commitment is kept, KEY_UNAVAILABLE if it was destroyed. @returns false if it was there */
  keep(share: KeptShare): boolean;
  /** @throws AppError NOT_FOUND, KEY_UNAVAILABLE */
  get(commitment: string): KeptShare;
  destroyed(commitment: string): Signed<Destruction> | null;
  destroy(commitment: string, certificate: Signed<Destruction>): void;
  all(): KeptShare[];
}

export function openShares(folder: string): Shares {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = (commitment: string, ending: "json" | "gone" | "new"): string => join(folder, `${commitment.slice(2)}.${ending}`);
  const read = (file: string): unknown => {
    try {
      return JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  };
  /** Whole or not at all. @returns false if it was there */
  const write = (file: string, draft: string, value: unknown): boolean => {
    writeFileSync(draft, JSON.stringify(value), { mode: 0o600, flush: true });
    try {
      linkSync(draft, file);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      return false;
    } finally {
      rmSync(draft, { force: true });
    }
  };
  const destroyed = (commitment: string): Signed<Destruction> | null => read(path(commitment, "gone")) as Signed<Destruction> | null;
  const requireLive = (commitment: string): void => {
    if (destroyed(commitment) !== null) throw new AppError("KEY_UNAVAILABLE", "The share was destroyed.");
  };
  return {
    destroyed,
    keep(share) {
      requireLive(share.commitment);
      if (write(path(share.commitment, "json"), path(share.commitment, "new"), share)) return true;
      const kept = read(path(share.commitment, "json")) as KeptShare | null;
      if (kept?.document !== share.document) throw new AppError("CONFLICT", "This share is kept with another document.");
      return false;
    },
    get(commitment) {
      requireLive(commitment);
      const kept = read(path(commitment, "json")) as KeptShare | null;
      if (kept === null) throw new AppError("NOT_FOUND", "No such share is kept here.");
      return kept;
    },
    destroy(commitment, certificate) {
      // The certificate first: after a crash between the two the share is refused, and destroying goes on.
      write(path(commitment, "gone"), path(commitment, "new"), certificate);
      rmSync(path(commitment, "json"), { force: true });
    },
    all: () => readdirSync(folder).filter((name) => name.endsWith(".json")).flatMap((name) => (read(join(folder, name)) as KeptShare | null) ?? []),
  };
}
