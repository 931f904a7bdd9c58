import type { Signer } from "ethers";
import { AppError } from "../schema/errors.js";
import type { GalenClient } from "./client.js";
import { listing as listingQuery, type Listing } from "./operations/market.js";
import { consent, publishListing, upload as uploadQuery, type Upload } from "./operations/upload.js";
import { poll } from "./poll.js";
import { signTypedData } from "./typed-data.js";

/** How long a provider's consent may be used to list, in seconds. */
const consentSeconds = 3_600;

/**
 * Waits until an upload stands in one of the statuses.
 * @throws AppError with the upload's own code if it was refused or failed; NOT_READY in time-out.
 */
export function waitForUpload(client: GalenClient, id: string, statuses: readonly string[], options: { timeoutMs?: number; onStatus?: (upload: Upload) => void } = {}): Promise<Upload> {
  let seen = "";
  return poll(options.timeoutMs ?? 120_000, async () => {
    const { upload } = await client.request(uploadQuery, { id });
    if (!upload) throw new AppError("NOT_FOUND", "No such upload of yours.");
    if (upload.status !== seen) {
      seen = upload.status;
      options.onStatus?.(upload);
    }
    if (statuses.includes(upload.status)) return upload;
    if (upload.error) throw new AppError(upload.error.code as ConstructorParameters<typeof AppError>[0], upload.error.message);
    return `The upload is still ${upload.status}.`;
  });
}

/**
 * Signs the provider's consent to a price and purposes, and has the platform's relayer list it.
 * @param sign - signs the consent's typed data: `consentSigner(wallet)`, or for an anonymous upload a `ringProof`.
 * @param price - in the payment token's smallest unit.
 */
export async function publish(client: GalenClient, sign: (consent: unknown) => Promise<string>, input: { uploadId: string; price: bigint; purposes: string[] }): Promise<Upload> {
  const deadline = String(Math.floor(Date.now() / 1000) + consentSeconds);
  const terms = { price: input.price.toString(), purposes: input.purposes, deadline };
  const { upload } = await client.request(consent, { id: input.uploadId, ...terms });
  if (!upload?.consent) throw new AppError("CONFLICT", "The upload is not ready for consent.");
  const signature = await sign(upload.consent);
  const answer = await client.request(publishListing, { input: { uploadId: input.uploadId, ...terms, signature } });
  return answer.publishListing;
}

/** Signs consents with a wallet, in its own name. */
export const consentSigner = (signer: Signer) => (consentData: unknown): Promise<string> => signTypedData(signer, consentData);

/** Waits until the indexer shows a listing that satisfies `holds`. @throws AppError NOT_READY in time-out */
export function waitForListing(client: GalenClient, id: string, holds: (listing: Listing) => boolean = () => true, timeoutMs = 60_000): Promise<Listing> {
  return poll(timeoutMs, async () => {
    const { listing } = await client.request(listingQuery, { id });
    if (listing && holds(listing)) return listing;
    return listing ? `The listing is still ${listing.status}.` : "The listing is not indexed yet.";
  });
}
