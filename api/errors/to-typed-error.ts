import { connectionLost } from "../../platform/database/connection-lost.js";
import { AppError, toAppError } from "../../schema/errors.js";

/** SQLSTATE of a statement that was stopped by its time-out. */
const statementTimeout = "57014";
/** SQLSTATE class of values that a type cannot hold. */
const dataException = /^22/;

/** @returns the error with a code of ours; what the database refused is told apart from what we did not foresee. */
export function toTypedError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") {
    if (code === statementTimeout) return new AppError("LIMIT_EXCEEDED", "The query takes too long: ask for less.", { cause: error });
    if (dataException.test(code) && code.length === 5) return new AppError("BAD_INPUT", "A value is malformed or out of range.", { cause: error });
  }
  if (connectionLost(error)) return new AppError("DATABASE_UNAVAILABLE", "The database cannot be reached; try again shortly.", { cause: error });
  return toAppError(error);
}
