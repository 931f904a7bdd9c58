import { AppError, errorCodes, type ErrorCode } from "../schema/errors.js";

/** @returns the error of a body outside GraphQL, JSON {code, message}; INTERNAL with `otherwise` for anything else. */
export function fromErrorBody(text: string, otherwise: string, cause?: unknown): AppError {
  try {
    const { code, message } = JSON.parse(text) as { code?: string; message?: string };
    if (code !== undefined && code in errorCodes) return new AppError(code as ErrorCode, message ?? otherwise);
  } catch {
    // not our error body: told below
  }
  return new AppError("INTERNAL", otherwise, { cause });
}
