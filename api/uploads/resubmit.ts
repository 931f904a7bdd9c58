import { AbiCoder, keccak256 } from "ethers";
import { Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import type { ApiContext } from "../context.js";
import { termsOf } from "../listings/terms.js";
import { recordUpload } from "./record-upload.js";

/**
 * Makes the record of a rejected or delisted listing ready to be listed again, under a new id that names the old one: publishListing does it.
 * @throws AppError NOT_FOUND, CONFLICT (it is neither rejected nor delisted, sold and not delivered, erased, or withdrawn from by a patient)
 */
export async function resubmit(context: ApiContext, listingId: string): Promise<Upload> {
  const { deps, loaders, viewer } = context;
  const [listing, upload] = await Promise.all([loaders.listing.load(listingId), loaders.uploadOfListing.load(listingId)]);
  if (!listing || !upload || upload.owner !== viewer?.account) throw new AppError("NOT_FOUND", "No such listing of yours.");
  if (listing.status !== "REJECTED" && listing.status !== "DELISTED") throw new AppError("CONFLICT", `The listing is ${listing.status}: only a rejected or delisted one is submitted again.`);
  if (upload.eraseRequestedAt !== null) throw new AppError("CONFLICT", "The record was erased.");
  if (upload.stoppedAt !== null) throw new AppError("CONFLICT", "A patient withdrew from this set: upload it anew without the patient.");
  const { inputs } = deps.market.marketplace.interface.getFunction("listingIdOf")!;
  const newId = keccak256(AbiCoder.defaultAbiCoder().encode(inputs, [{ ...termsOf(listing), previousId: listing.id }]));
  return deps.database.transaction(async (manager) => {
    const open = (await manager.query("select from trade_order where listing_id = $1 and status = 'PAID' and to_block is null limit 1", [listing.id])) as unknown[];
    if (open.length > 0) throw new AppError("CONFLICT", "An order of the listing is not delivered yet.");
    const [rows] = (await manager.query(
      `update app.upload set status = 'STORED', previous_listing_id = listing_id, listing_id = $3, price = null, purposes = null, consent_deadline = null, consent_signature = null,
         error_code = null, error_message = null, updated_at = now()
       where id = $1 and listing_id = $2 and status = 'SUBMITTED' returning id`,
      [upload.id, listing.id, newId],
    )) as [unknown[], number];
    if (rows.length === 0) throw new AppError("CONFLICT", "The listing was submitted again before.");
    // The next listing is another transaction: the first one's purpose makes room, and stays on record.
    await manager.query("update app.tx_outbox set purpose = $2 where purpose = $1", [`publish:${upload.id}`, `publish:${upload.id}:${listing.id}`]);
    await recordUpload(manager, upload, { status: "STORED", replaces: listing.id });
    return manager.getRepository(Upload).findOneByOrFail({ id: upload.id });
  });
}
