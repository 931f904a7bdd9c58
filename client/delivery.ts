import { base64 } from "@scure/base";
import type { Backend } from "../crypto/backend/backend.js";
import { decryptStream } from "../crypto/envelope/decrypt-stream.js";
import type { Commitments } from "../crypto/envelope/commitments.js";
import { openHeader } from "../crypto/envelope/open-header.js";
import { AppError } from "../schema/errors.js";
import type { GalenClient } from "./client.js";
import { openLink } from "./open-link.js";
import { poll } from "./poll.js";
import { accessGrant, grantStatus, type AccessGrant, type Listing } from "./operations/market.js";

/** What is fetched for one grant: the header opens the payload, the link leads to it. */
export interface Delivery {
  header: Uint8Array;
  url: string;
  expiresAt: string;
}

/**
 * Waits until a grant's key is re-wrapped. @param timeoutMs - default one minute.
 * @throws AppError NOT_FOUND, KEY_UNAVAILABLE when it failed or was revoked, NOT_READY in time-out.
 */
export function waitForGrant(client: GalenClient, id: string, timeoutMs = 60_000): Promise<AccessGrant> {
  return poll(timeoutMs, async () => {
    const { accessGrant: grant } = await client.request(grantStatus, { id });
    if (!grant) throw new AppError("NOT_FOUND", "No such access grant.");
    if (grant.status === "READY") return grant;
    if (grant.status !== "REQUESTED") throw new AppError("KEY_UNAVAILABLE", `The access grant is ${grant.status}.`);
    return "The key is not re-wrapped yet.";
  });
}

/** Asks for header and link; both are written to the access log. @throws AppError NOT_FOUND, NOT_READY */
export async function fetchDelivery(client: GalenClient, grantId: string): Promise<Delivery> {
  const { accessGrant: grant } = await client.request(accessGrant, { id: grantId });
  if (!grant) throw new AppError("NOT_FOUND", "No such access grant.");
  if (grant.header === null || grant.link === null) throw new AppError("NOT_READY", `The access grant is ${grant.status}.`);
  return { header: base64.decode(grant.header), url: grant.link.url, expiresAt: grant.link.expiresAt };
}

/**
 * Streams what lies behind a link.
 * @param part - `payload`: the stored object alone; `all`: a whole age file, for the stock tool.
 * @throws AppError LINK_EXPIRED, LINK_INVALID, FORBIDDEN…
 */
export async function download(url: string, part: "payload" | "all", options: { fetch?: typeof fetch; signal?: AbortSignal } = {}): Promise<AsyncIterable<Uint8Array>> {
  const target = new URL(url);
  target.searchParams.set("part", part);
  return openLink(target, "OBJECT_STORE_UNAVAILABLE", options);
}

/**
 * Downloads and decrypts a record, and holds it to what the chain says of it.
 * The bytes are the record only when the iteration ends without an error.
 * @param identities - the buyer's age identities.
 * @throws AppError DECRYPTION_FAILED, COMMITMENT_MISMATCH, LINK_EXPIRED…
 */
export async function* openDelivery(
  backend: Backend,
  delivery: Delivery,
  options: { identities: readonly string[]; listing: Pick<Listing, "plaintextRoot" | "ciphertextRoot" | "keyCommitment">; onCommitments?: (commitments: Commitments) => void; fetch?: typeof fetch },
): AsyncGenerator<Uint8Array, void, undefined> {
  const fileKey = openHeader(backend, delivery.header, options.identities);
  const { plaintextRoot, ciphertextRoot, keyCommitment } = options.listing;
  yield* decryptStream(backend, await download(delivery.url, "payload", options.fetch ? { fetch: options.fetch } : {}), {
    fileKey,
    expected: { plaintextRoot, ciphertextRoot, keyCommitment },
    ...(options.onCommitments ? { onCommitments: options.onCommitments } : {}),
  });
}
