import { readFileSync } from "node:fs";
import { join } from "node:path";
import { base64 } from "@scure/base";
import { openIdentity } from "../../custodian/identity.js";
import { verifyLog } from "../../custodian/log.js";
import { startCustodian, type CustodianOptions } from "../../custodian/start-custodian.js";
import { createLogger } from "../../platform/log.js";
import { runService } from "../../platform/service/run-service.js";
import { AppError } from "../../schema/errors.js";

type Named = Pick<CustodianOptions, "home" | "name" | "url">;

/** `galen custodian start`: serves until a signal comes. */
export const serve = (options: CustodianOptions & { logLevel: string }): Promise<void> =>
  runService("custodian", (shutdown) => startCustodian(options, createLogger({ service: "custodian", level: options.logLevel }), shutdown));

/** `galen custodian identity`: what the platform's operator, and providers, are told. */
export async function identity(options: Named): Promise<void> {
  process.stdout.write(`${JSON.stringify((await openIdentity(options.home, options)).told)}\n`);
}

/** `galen custodian log`: one JSON line an entry, each held to the one before it and to the custodian's key. */
export async function log(options: Named): Promise<void> {
  const { told } = await openIdentity(options.home, options);
  let text: string;
  try {
    text = readFileSync(join(options.home, "log.jsonl"), "utf8");
  } catch (cause) {
    throw new AppError("NOT_FOUND", "There is no log in this home yet.", { cause });
  }
  for (const entry of verifyLog(text, base64.decode(told.publicKey)).entries) process.stdout.write(`${JSON.stringify(entry)}\n`);
}
