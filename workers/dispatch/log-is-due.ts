import type { DataSource } from "typeorm";
import type { WorkerDeps } from "../deps.js";

/** @returns whether the access log has something to sequence, to anchor or to tell. What the index has not seen told yet may be under way: asking again does no harm. */
export async function logIsDue(database: DataSource, accessEvents: WorkerDeps["accessEvents"]): Promise<boolean> {
  const untold = `coalesce((select max(seq) from app.access_record), 0) > coalesce((select max(seq) from app.access_record where salt is null), 0) + coalesce((select max(number) from public.access_told), 0)`;
  const [row] = (await database.query(
    `select exists (select 1 from app.access_inbox) or exists (select 1 from app.access_record where batch_index is null) ${accessEvents === "each" ? `or ${untold}` : ""} as due`,
  )) as { due: boolean }[];
  return row?.due ?? false;
}
