import { readFileSync } from "node:fs";
import { AppError } from "../../schema/errors.js";

/** @param file - a path; - for standard input. @throws AppError NOT_FOUND */
export function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    throw new AppError("NOT_FOUND", `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
