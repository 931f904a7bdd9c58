import { readFileSync } from "node:fs";
import { custodiansShape, type Custodians } from "../../schema/custody.js";
import { AppError } from "../../schema/errors.js";

/** @returns the custodians that providers may choose from; null without a file. @throws AppError CONFIG_INVALID */
export function readCustodians(path: string | undefined): Custodians | null {
  if (path === undefined) return null;
  try {
    return custodiansShape.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", `CUSTODIANS_FILE ${path} is missing or malformed.`, { cause });
  }
}
