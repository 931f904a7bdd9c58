import { errorCodes, toAppError, type ErrorCode } from "../schema/errors.js";

/** What the person at the terminal can do about it, where the message does not say so itself. */
const advice: Partial<Record<ErrorCode, string>> = {
  PORT_IN_USE: "Stop that process, or choose another port with PORT=… (or --port).",
  CONFIG_INVALID: "The table of environment variables is in README.md.",
  NOT_READY: "The whole log is in the logs folder of the home (.galen/logs unless told).",
  DATABASE_UNAVAILABLE: "Postgres' own log is logs/postgres.log in the home (.galen unless told).",
  CHAIN_UNAVAILABLE: "The chain's own log is logs/anvil.log in the home (.galen unless told).",
};

/** Prints an error for a person: code, message, what to do; a stack trace for what nobody foresaw alone. @returns the exit code, 1 */
export function reportError(error: unknown): 1 {
  const { code, message, retryable, cause } = toAppError(error);
  const lines = [`${code}: ${message}`];
  const todo = advice[code] ?? (retryable && code !== "INTERNAL" ? "Trying again may help." : undefined);
  if (todo !== undefined) lines.push(`  → ${todo}`);
  if (code === "INTERNAL") lines.push(cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause === "string" ? cause : errorCodes.INTERNAL.meaning);
  process.stderr.write(`${lines.join("\n")}\n`);
  return 1;
}
