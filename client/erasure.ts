import type { Signer } from "ethers";
import { AppError } from "../schema/errors.js";
import type { GalenClient } from "./client.js";
import { send, type Contracts, type Mined } from "./contracts.js";
import { listing as listingQuery } from "./operations/market.js";
import { eraseRecord, erasureCertificate } from "./operations/upload.js";
import { poll } from "./poll.js";

/**
 * Has a listed record erased for good, and delists it from the signer's own wallet where that is the listing's controller.
 * @returns the platform's signed certificate, and the delisting; null where it was delisted before, or another account has to.
 * @throws AppError NOT_FOUND, CONFLICT (it is not listed), TX_REVERTED, NOT_READY (the record is not erased in time)
 */
export async function erase(client: GalenClient, contracts: Contracts, signer: Signer, uploadId: string, timeoutMs = 60_000): Promise<{ listingId: string; certificate: object; delisted: Mined | null }> {
  const { listingId } = (await client.request(eraseRecord, { uploadId })).eraseRecord.upload;
  const { listing } = await client.request(listingQuery, { id: listingId });
  if (!listing) throw new AppError("NOT_READY", "The listing is not indexed yet.");
  const controller = /^0x0+$/.test(listing.terms.provider) ? listing.terms.payee : listing.terms.provider;
  const isOwn = controller.toLowerCase() === (await signer.getAddress()).toLowerCase();
  const delisted = isOwn && listing.status !== "DELISTED" ? await send(contracts.marketplace, signer, "delist", [listing.terms]) : null;
  const { certificate } = await poll(timeoutMs, async () => {
    const { upload } = await client.request(erasureCertificate, { id: uploadId });
    return upload?.erasureCertificate ? { certificate: upload.erasureCertificate } : "The record is not erased yet.";
  });
  return { listingId, certificate, delisted };
}
