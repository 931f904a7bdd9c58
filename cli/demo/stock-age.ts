import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Largest file that the check reads back, in bytes. */
const maxBuffer = 256 << 20;

/** The stock `age` of this machine and what it can open, or null. */
export type StockAge = { classic: true; postQuantum: boolean } | null;

/** age opens post-quantum files from 1.3 on, or with the plug-in `age-plugin-pq`. */
export async function stockAge(): Promise<StockAge> {
  let version: string;
  try {
    version = (await run("age", ["--version"])).stdout.trim().replace(/^v/, "");
  } catch {
    return null;
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const plugin = await run("age-plugin-pq", ["--version"]).then(() => true, () => false);
  return { classic: true, postQuantum: major > 1 || (major === 1 && minor >= 3) || plugin };
}

/** @returns SHA-256 (hex) of what the stock tool makes of the file, or null where the tool cannot open the suite. */
export async function decryptWithStockAge(tool: StockAge, file: { suite: "x25519" | "post-quantum"; ageFile: string; identityFile: string }): Promise<string | null> {
  if (tool === null || (file.suite === "post-quantum" && !tool.postQuantum)) return null;
  const { stdout } = await run("age", ["--decrypt", "--identity", file.identityFile, file.ageFile], { encoding: "buffer", maxBuffer });
  return createHash("sha256").update(stdout).digest("hex");
}
