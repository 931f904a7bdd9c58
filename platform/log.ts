import { pino, type Logger } from "pino";

export type { Logger };

/** Names of fields that may hold a secret: whatever is logged under them is cut out. A second line of defence; do not log them. */
const secretFields = ["token", "refreshToken", "authorization", "privateKey", "fileKey", "identity", "password", "signature", "header", "plaintext"];

/** One JSON line an entry, on standard output. Records, keys and tokens are never passed to it. */
export function createLogger(options: { service: string; level: string }): Logger {
  return pino({
    level: options.level,
    base: { service: options.service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "[cut]" },
    serializers: { error: serializeError },
  });
}

/** Driver errors carry connection strings and query parameters: keep what names the fault, drop the rest. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as { code?: unknown };
  return { name: error.name, code, message: error.message, stack: error.stack, cause: error.cause === undefined ? undefined : serializeError(error.cause) };
}
