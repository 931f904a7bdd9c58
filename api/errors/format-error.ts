import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Logger } from "../../platform/log.js";
import { errorCodes, type AppError, type ErrorCode } from "../../schema/errors.js";
import { toTypedError } from "./to-typed-error.js";

interface Shown {
  code: ErrorCode;
  message: string;
  details?: AppError["details"];
}

/**
 * What a caller is told of an error: message, place, and `extensions {code, retryable, requestId, details}`. What we did not foresee is
 * masked and logged with the request id.
 */
export function formatError(error: unknown, { requestId, log }: { requestId: string; log: Logger }): GraphQLFormattedError {
  const { code, message, details } = show(error, log, requestId);
  const located = error instanceof GraphQLError ? { locations: error.locations, path: error.path } : {};
  return {
    message,
    ...(located.locations ? { locations: located.locations } : {}),
    ...(located.path ? { path: located.path } : {}),
    extensions: { code, retryable: errorCodes[code].retryable, requestId, ...(details && Object.keys(details).length > 0 ? { details } : {}) },
  };
}

function show(error: unknown, log: Logger, requestId: string): Shown {
  const origin = originOf(error);
  if (origin instanceof GraphQLError) {
    const operation = ofOperation(origin, error);
    if (operation) return operation;
  }
  const { code, message, details, cause } = toTypedError(origin);
  if (code === "INTERNAL" || errorCodes[code].retryable) log.error({ error: cause ?? origin, requestId, code }, "a request failed");
  return code === "INTERNAL" ? { code, message: "Something unforeseen happened; the request id finds it in the log." } : { code, message, details };
}

function originOf(error: unknown): unknown {
  let origin = error;
  while (origin instanceof GraphQLError && origin.originalError) origin = origin.originalError;
  return origin;
}

/** @returns null if it is no error of the operation's text or variables, but one of ours while executing it. */
function ofOperation(origin: GraphQLError, outer: unknown): Shown | null {
  const given = origin.extensions["code"];
  const { message } = origin;
  if (typeof given === "string" && given in errorCodes) return { code: given as ErrorCode, message };
  if (given === "PERSISTED_QUERY_NOT_FOUND") return { code: "DOCUMENT_UNKNOWN", message };
  if (/^Syntax Error: Document contains more t\w+ \d+ tokens/.test(message)) return { code: "LIMIT_EXCEEDED", message };
  const isExecuting = outer instanceof GraphQLError && outer.path !== undefined;
  if (isExecuting && !/^(Argument|Variable) "/.test(message)) return null;
  return given === "INTERNAL_SERVER_ERROR" ? null : { code: "BAD_INPUT", message };
}
