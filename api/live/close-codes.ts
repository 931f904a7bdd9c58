/** Codes that a live connection is closed with; those of graphql-transport-ws that we use ourselves, and our own. `docs/live.md` specifies them. */
export const closeCodes = {
  /** The process goes; connect again, to any other. */
  goingAway: 1001,
  /** What was given as a token is none, or the session has ended. */
  unauthorized: 4401,
  /** The new token is of another account. */
  forbidden: 4403,
  /** The client does not read as fast as it is told. */
  slowConsumer: 4490,
  /** The client has as many connections as it may have. */
  tooManyConnections: 4491,
} as const;
