import type { DataSource } from "typeorm";

/** Destroys the wrapping key of a record, or of a document: without it the object is noise. One that is destroyed stays so. @param at - what a certificate says; now for null. */
export async function destroyKey(database: DataSource, recordId: string, at: string | null = null): Promise<void> {
  await database.query("update app.record_key set wrapped = null, destroyed_at = coalesce($2::timestamptz, now()) where record_id = $1 and wrapped is not null", [recordId, at]);
}
