import { AppError, toAppError } from "../../schema/errors.js";
import { connectionLost } from "../database/connection-lost.js";

/** As toAppError, but tells a lost Postgres from a fault of ours: its driver throws plain errors, where the other connections throw ours. */
export function classifyError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return connectionLost(error) ? new AppError("DATABASE_UNAVAILABLE", "The database connection was lost.", { cause: error }) : toAppError(error);
}
