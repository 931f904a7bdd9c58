import type { ReadinessCheck } from "../../platform/service/health-server.js";
import type { ApiDeps } from "../deps.js";
import type { Health } from "../types/operator.js";

/** A check that holds when what it asks answers. */
const holds = async (asked: Promise<unknown>): Promise<true> => {
  await asked;
  return true;
};

/** The parts that the API needs, by name. */
export const readinessChecks = ({ database, redis, provider, objects, freshness }: ApiDeps): Readonly<Record<string, ReadinessCheck>> => ({
  database: () => holds(database.query("select 1")),
  redis: () => (redis.status === "ready" ? true : `redis is ${redis.status}`),
  chain: () => holds(provider.send("eth_blockNumber", [])),
  objects: () => holds(objects.ping()),
  index: async () => {
    const { status } = await freshness.now();
    return status === "DIVERGED" ? "the chain is another one than was indexed" : true;
  },
});

/** @throws AppError DATABASE_UNAVAILABLE */
export async function readHealth(deps: ApiDeps): Promise<Health> {
  const checks = await Promise.all(
    Object.entries(readinessChecks(deps)).map(async ([name, check]) => {
      // Never a driver's text: it may name hosts and users.
      const result = await Promise.resolve(check()).catch(() => "failing");
      return { name, ok: result === true, detail: result === true ? "ok" : result };
    }),
  );
  const [open] = (await deps.database.query(
    `select (select count(*) from app.upload where status not in ('CREATED', 'STORED', 'SUBMITTED', 'REFUSED', 'FAILED', 'WITHDRAWN')) as uploads,
            (select count(*) from app.access_grant where status = 'REQUESTED') as grants,
            (select count(*) from app.tx_outbox where status in ('QUEUED', 'SIGNED', 'MINED')) as transactions,
            (select count(*) from app.dead_letter where retried_at is null) as letters`,
  )) as Record<"uploads" | "grants" | "transactions" | "letters", string>[];
  return {
    ok: checks.every(({ ok }) => ok),
    checks,
    openUploads: BigInt(open!.uploads),
    openGrants: BigInt(open!.grants),
    openTransactions: BigInt(open!.transactions),
    openDeadLetters: BigInt(open!.letters),
  };
}
