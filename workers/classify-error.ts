import { AppError, toAppError, type ErrorCode } from "../schema/errors.js";

const outages: readonly ErrorCode[] = ["DATABASE_UNAVAILABLE", "REDIS_UNAVAILABLE", "CHAIN_UNAVAILABLE", "OBJECT_STORE_UNAVAILABLE", "KEY_STORE_UNAVAILABLE", "NOT_READY"];

/** A service that a job needs is away: the job is not at fault, and is not given up for it. */
export const isOutage = ({ code }: AppError): boolean => outages.includes(code);

const networkCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);
/** SQLSTATEs of a server that stops, starts, or has no connection left. */
const serverStates = /^(08...|57P0[1-3]|53300)$/;

/** As toAppError, but tells a lost Postgres from a fault of ours: the driver throws plain errors. */
export function classifyError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  for (let seen: unknown = error, depth = 0; seen instanceof Error && depth < 5; seen = seen.cause ?? (seen as { driverError?: unknown }).driverError, depth++) {
    const { code } = seen as { code?: unknown };
    const lost = typeof code === "string" && (networkCodes.has(code) || serverStates.test(code));
    if (lost || /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/.test(seen.message)) {
      return new AppError("DATABASE_UNAVAILABLE", "The database connection was lost.", { cause: error });
    }
  }
  return toAppError(error);
}
