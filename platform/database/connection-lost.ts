const networkCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);
/** SQLSTATEs of a server that stops or starts, or has no connection or memory left. */
const serverStates = /^(08...|57P0[1-3]|53...)$/;
/** What pg says without a code. */
const driverMessages = /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/** Whether an error, or what caused it, says that Postgres was away, and not that the statement was wrong: the driver throws plain errors. */
export function connectionLost(error: unknown): boolean {
  for (let seen: unknown = error, depth = 0; seen instanceof Error && depth < 5; seen = seen.cause ?? (seen as { driverError?: unknown }).driverError, depth++) {
    const { code } = seen as { code?: unknown };
    if ((typeof code === "string" && (networkCodes.has(code) || serverStates.test(code))) || driverMessages.test(seen.message)) return true;
  }
  return false;
}
