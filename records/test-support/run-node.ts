import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../../schema/errors.js";
import { bytesSource, collect, type DeidentificationReport, deidentifyRecord, type DeidentifyOptions, type Profile } from "../index.js";

/** The folder with package.json, from wherever the tests were compiled to. */
export const packageRoot = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    try { readFileSync(join(folder, "package.json")); return folder; }
    catch { folder = dirname(folder); }
  }
})();

export const modulePath = (path: string): string => join(packageRoot, "node_modules", path);
export const moduleFile = (path: string): Uint8Array => new Uint8Array(readFileSync(modulePath(path)));

export const testKey = new Uint8Array(32).fill(42);
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** De-identifies bytes in memory. */
export async function deidentify(input: Uint8Array | string, options: Partial<DeidentifyOptions> = {}): Promise<{ output: Uint8Array; report: DeidentificationReport; profile: Profile | null }> {
  const bytes = typeof input === "string" ? utf8(input) : input;
  const { output, report, profile } = deidentifyRecord(bytesSource(bytes, 4_001), { key: testKey, referenceDate: new Date("2026-01-01"), ...options });
  return { output: await collect(output), report: await report, profile: await profile };
}

/** @returns the AppError that an operation ends with. Throws if it succeeds or ends otherwise. */
export async function refusal(operation: () => Promise<unknown>): Promise<AppError> {
  try { await operation(); }
  catch (error) { if (error instanceof AppError) return error; throw error; }
  throw new Error("The operation was not refused.");
}
