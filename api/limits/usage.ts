import type { DataSource } from "typeorm";
import type { Logger } from "../../platform/log.js";

/** How long what was counted waits for the next write, in ms; a process that is killed loses so much. */
const flushEveryMs = 1_000;

interface Counted {
  requests: number;
  refused: number;
  cost: number;
}

export interface Usage {
  note(apiKeyId: string, operation: { cost: number; refused: boolean }): void;
  close(): Promise<void>;
}

/** Counts what is asked for with each API key: in memory, and each second in Postgres. */
export function createUsage(database: DataSource, log: Logger): Usage {
  let counted = new Map<string, Counted>();

  const flush = async (): Promise<void> => {
    if (counted.size === 0) return;
    const written = counted;
    counted = new Map();
    const rows = [...written].map(([key_id, numbers]) => ({ key_id, ...numbers }));
    await database
      .query(
        `insert into app.api_key_usage as u (key_id, day, requests, refused, cost, last_at)
         select r.key_id, (now() at time zone 'UTC')::date, r.requests, r.refused, r.cost, now()
         from jsonb_to_recordset($1::jsonb) as r (key_id uuid, requests bigint, refused bigint, cost bigint) where exists (select from app.api_key k where k.id = r.key_id)
         on conflict (key_id, day) do update
           set requests = u.requests + excluded.requests, refused = u.refused + excluded.refused, cost = u.cost + excluded.cost, last_at = excluded.last_at`,
        [JSON.stringify(rows)],
      )
      .catch((error: unknown) => {
        log.warn({ error }, "the use of API keys could not be counted; it is tried again");
        for (const [id, { requests, refused, cost }] of written) add(id, requests, refused, cost);
      });
  };
  const add = (id: string, requests: number, refused: number, cost: number): void => {
    const now = counted.get(id) ?? { requests: 0, refused: 0, cost: 0 };
    counted.set(id, { requests: now.requests + requests, refused: now.refused + refused, cost: now.cost + cost });
  };
  const timer = setInterval(() => void flush(), flushEveryMs);
  timer.unref();

  return {
    note: (apiKeyId, { cost, refused }) => add(apiKeyId, 1, refused ? 1 : 0, refused ? 0 : cost),
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
