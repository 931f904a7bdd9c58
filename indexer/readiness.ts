import type { ReadinessCheck } from "../platform/service/health-server.js";
import type { IndexerHealth } from "./run-indexer.js";

/** Longest silence of database or chain that is still well, in ms. */
const silenceMs = 10_000;

/** Largest lag, in blocks, with which the index counts as fresh. */
const lagLimit = 20;

/** A standby holds no session, but is ready only if chain and index are: behind a writer that stands still it could not say that all is well. */
export function readinessChecks(health: IndexerHealth): Record<string, ReadinessCheck> {
  return {
    database: () => (health.role === "standby" || (health.session && performance.now() - health.session.lastAnswer() < silenceMs) ? true : "not connected"),
    chain: () => (performance.now() - health.chainSeen < silenceMs ? true : "does not answer"),
    index: () => {
      if (health.diverged) return "DIVERGED";
      return health.indexed >= 0 && health.head - health.indexed <= lagLimit ? true : "behind the chain";
    },
  };
}
