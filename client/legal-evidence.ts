import { openEvidence, sealEvidence, type EvidenceType } from "../crypto/legal-evidence.js";
import type { Backend } from "../crypto/backend/backend.js";
import { openHeader } from "../crypto/envelope/open-header.js";
import { decryptStream } from "../crypto/envelope/decrypt-stream.js";
import { concat } from "../crypto/bytes.js";
import { download, fetchDelivery, waitForGrant } from "./delivery.js";
import type { GalenClient } from "./client.js";
import { requestEvidence } from "./operations/market.js";
import { putBody } from "./put-body.js";

export { sealEvidence };

/**
 * Sends a sealed document to an upload's `evidenceUrl`, before the record's last byte.
 * @throws AppError with the API's code
 */
export const sendEvidence = (client: GalenClient, evidenceUrl: string, sealed: Uint8Array): Promise<void> => putBody(client, evidenceUrl, sealed);

/**
 * Fetches a listing's legal evidence, decrypts it, and holds it to the hash on the chain. Each read is in the access log.
 * @param token - of the auditor's claim, while the listing is pending.
 * @throws AppError NOT_ACCREDITED, LEASE_LOST, NOT_FOUND, DECRYPTION_FAILED, COMMITMENT_MISMATCH…
 */
export async function fetchEvidence(
  client: GalenClient,
  backend: Backend,
  { listing, token, identities }: { listing: { id: string; legalEvidenceHash: string }; token?: string; identities: readonly string[] },
): Promise<{ grantId: string; document: Uint8Array; mediaType: EvidenceType }> {
  const { requestEvidence: grant } = await client.request(requestEvidence, { listingId: listing.id, ...(token === undefined ? {} : { token }) });
  await waitForGrant(client, grant.id);
  const delivery = await fetchDelivery(client, grant.id);
  const parts: Uint8Array[] = [];
  for await (const part of decryptStream(backend, await download(delivery.url, "payload"), { fileKey: openHeader(backend, delivery.header, identities) })) parts.push(part);
  return { grantId: grant.id, ...openEvidence(concat(...parts), listing.legalEvidenceHash) };
}
