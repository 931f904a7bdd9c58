import type { Redis } from "ioredis";

/** A client's budget is for so long, in seconds; it begins with the minute. */
const windowSeconds = 60;
/** How long a Redis that does not answer is waited for, in ms: then this process counts alone. */
const patienceMs = 100;
/** Clients that are counted here while Redis is away; more begin anew. */
const maxCounted = 100_000;

/** Takes the cost off if it is there. KEYS: the client's minute; ARGV: cost, budget, seconds. Gives {1 or 0, spent}. */
const spendScript = `local spent = tonumber(redis.call('get', KEYS[1]) or '0')
if spent + tonumber(ARGV[1]) > tonumber(ARGV[2]) then return {0, spent} end
spent = redis.call('incrby', KEYS[1], ARGV[1])
redis.call('expire', KEYS[1], ARGV[3])
return {1, spent}`;

export interface Spent {
  allowed: boolean;
  /** Of this minute, after this operation. */
  left: number;
  /** Until there is a new one. */
  resetSeconds: number;
}

export interface Budget {
  /** @param budget - the client's in a minute; 0 = without bound. */
  spend(client: string, cost: number, budget: number): Promise<Spent>;
}

/** Counted in Redis, so that all processes know; in memory while Redis is away, so that a lost Redis neither opens the gate nor closes it. */
export function createBudget(redis: Redis): Budget {
  let counted = new Map<string, number>();
  let minute = 0;

  const inMemory = (client: string, cost: number, budget: number, now: number): [number, number] => {
    if (now !== minute || counted.size >= maxCounted) [counted, minute] = [new Map<string, number>(), now];
    const spent = counted.get(client) ?? 0;
    if (spent + cost > budget) return [0, spent];
    counted.set(client, spent + cost);
    return [1, spent + cost];
  };
  const inRedis = async (client: string, cost: number, budget: number, now: number): Promise<[number, number] | null> => {
    if (redis.status !== "ready") return null;
    let timer: NodeJS.Timeout | undefined;
    const asked = redis.eval(spendScript, 1, `galen:budget:${client}:${now}`, cost, budget, 2 * windowSeconds) as Promise<[number, number]>;
    const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, patienceMs, null)));
    return Promise.race([asked.catch(() => null), late]).finally(() => clearTimeout(timer));
  };

  return {
    async spend(client, cost, budget) {
      const seconds = Date.now() / 1000;
      const resetSeconds = Math.max(1, Math.ceil(windowSeconds - (seconds % windowSeconds)));
      if (budget === 0) return { allowed: true, left: Number.MAX_SAFE_INTEGER, resetSeconds };
      const now = Math.floor(seconds / windowSeconds);
      const [allowed, spent] = (await inRedis(client, cost, budget, now)) ?? inMemory(client, cost, budget, now);
      return { allowed: allowed === 1, left: Math.max(0, budget - spent), resetSeconds };
    },
  };
}
