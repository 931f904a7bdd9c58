import { invalid } from "../../refuse.js";
import { maxMembers, systemFiles } from "./rules.js";

/** One file of an archive. */
export interface Member {
  /** From 1, in the archive's order. */
  readonly index: number;
  /** Reads the member, once. */
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** @returns whether a packing system adds a file of that path (with `/`) by itself. */
export const isSystemFile = (path: string): boolean => systemFiles.some((system) => (system.endsWith("/") ? path.startsWith(system) : path.slice(path.lastIndexOf("/") + 1) === system));

/** Refuses names that no honest archive has, and tells what is to be passed over. Throws FORMAT_INVALID, without the name. */
export class MemberNames {
  readonly #seen = new Set<string>();
  /** Files of the packing system that were passed over. */
  systemFiles = 0;
  /** Members so far. */
  count = 0;

  /** @returns the member's index, or null for a folder or a system's file. */
  add(name: string, folder: boolean): number | null {
    const index = this.count + 1;
    const parts = name.split(/[/\\]/);
    if (name.includes("\0") || /^([/\\]|[A-Za-z]:)/.test(name) || parts.includes("..")) throw invalid("ARCHIVE", "a member's path leads out of the archive", { member: index });
    const plain = parts.filter((part) => part !== "" && part !== ".").join("/").normalize("NFC");
    if (this.#seen.has(plain)) throw invalid("ARCHIVE", "two members have the same name", { member: index });
    this.#seen.add(plain);
    if (this.#seen.size > 2 * maxMembers) throw invalid("ARCHIVE", `it has more than ${maxMembers} members`, { member: index });
    if (folder) return null;
    if (isSystemFile(plain)) { this.systemFiles += 1; return null; }
    if (index > maxMembers) throw invalid("ARCHIVE", `it has more than ${maxMembers} members`, { member: index });
    this.count = index;
    return index;
  }
}
