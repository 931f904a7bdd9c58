import type { DataSource } from "typeorm";

/**
 * Whether a sale that no training has seen was settled so long ago, and the last training, also one that was given up, is so long ago too.
 * @param everyHours - 0: never
 */
export async function trainingIsDue(database: DataSource, everyHours: number): Promise<boolean> {
  if (everyHours === 0) return false;
  const [row] = (await database.query(
    `select exists (
       select from public.chain_status c, public.trade_order o
       where c.id = 1 and c.status = 'LIVE' and o.to_block is null and o.status = 'SETTLED' and o.closed_block <= c.finalized_height
         and o.closed_block > coalesce((select max(as_of_block) from app.price_training), -1) and o.closed_time <= now() - make_interval(hours => $1)
     )
     and not exists (select from app.price_training where finished_at > now() - make_interval(hours => $1))
     and not exists (select from app.dead_letter where queue = 'retrain' and retried_at is null and failed_at > now() - make_interval(hours => $1)) as due`,
    [everyHours],
  )) as { due: boolean }[];
  return row?.due === true;
}
