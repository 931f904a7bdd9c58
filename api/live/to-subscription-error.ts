import { GraphQLError } from "graphql";
import { toTypedError } from "../errors/to-typed-error.js";

/** @returns the error as graphql-transport-ws's `error` message takes it. */
export function toSubscriptionError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const typed = toTypedError(error);
  return new GraphQLError(typed.message, { originalError: typed });
}
