import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const path = (profile: string, uploadId: string): string => join(profile, "shares", `${uploadId}.json`);

/** Keeps the document that says where an upload's shares are: with it the provider has them destroyed. No secret. @param document - base64 */
export function keepShares(profile: string, uploadId: string, document: string): void {
  mkdirSync(join(profile, "shares"), { recursive: true, mode: 0o700 });
  writeFileSync(path(profile, uploadId), Buffer.from(document, "base64"), { mode: 0o600 });
}

/** @returns base64, or null for an upload whose key is not with custodians. */
export function readShares(profile: string, uploadId: string): string | null {
  try {
    return readFileSync(path(profile, uploadId)).toString("base64");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
