import { IsNull, type DataSource } from "typeorm";
import { Listing } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { changeCase } from "./change-case.js";

/** @param priority - 0 to 9, in hours of waiting that it is worth. @throws AppError NOT_FOUND */
export async function prioritise(database: DataSource, { listingId, priority, by }: { listingId: string; priority: number; by: string }): Promise<void> {
  if (!(await database.getRepository(Listing).existsBy({ id: listingId, toBlock: IsNull() }))) throw new AppError("NOT_FOUND", "No such listing.");
  await changeCase(database, listingId, async ({ manager, tell }) => {
    await manager.query("update app.audit_case set priority = $2 where listing_id = $1", [listingId, priority]);
    tell("PRIORITISED", by);
  });
}
