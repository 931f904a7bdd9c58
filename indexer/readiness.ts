import type { ReadinessCheck } from "../platform/service/health-server.js";
import type { IndexerHealth } from "./run-indexer.js";

/** Longest silence of database or chain that is still well, in ms. */
const silenceMs = 10_000;

/** Largest lag, in blocks, with which the index counts as fresh. */
const lagLimit = 20;

/** A standby is ready: it does what it is there for. */
export function readinessChecks(health: IndexerHealth): Record<string, ReadinessCheck> {
  const unlessStandby = (check: () => true | string) => () => (health.role === "standby" ? true : check());
  return {
    database: unlessStandby(() => (health.session && performance.now() - health.session.lastAnswer() < silenceMs ? true : "not connected")),
    chain: unlessStandby(() => (performance.now() - health.chainSeen < silenceMs ? true : "does not answer")),
    index: unlessStandby(() => {
      if (health.diverged) return "DIVERGED";
      return health.indexed >= 0 && health.head - health.indexed <= lagLimit ? true : "behind the chain";
    }),
  };
}
