import type { DataSource } from "typeorm";

/** @returns ids of all listings that were replaced by later ones of the same record (resubmit). @param value - the upload's id, or the account that owns the uploads */
export async function formerListings(database: DataSource, by: "id" | "owner", value: string): Promise<string[]> {
  const rows = (await database.query(
    `with recursive former (id) as (
       select previous_listing_id from app.upload where ${by} = $1 and previous_listing_id is not null
       union select l.previous_id from former f join listing l on l.id = f.id where l.previous_id is not null)
     select id from former`,
    [value],
  )) as { id: string }[];
  return rows.map(({ id }) => id);
}
