import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** @returns the files of a folder and of those in it, by name; of a file, itself. Files that the system adds by itself are left out. */
export async function recordSetFiles(path: string): Promise<string[]> {
  if (!statSync(path).isDirectory()) return [path];
  const { isSystemFile } = await import("../../records/index.js");
  return readdirSync(path, { recursive: true, encoding: "utf8" }).sort().filter((name) => !isSystemFile(name.replaceAll("\\", "/"))).map((name) => join(path, name)).filter((file) => statSync(file).isFile());
}
