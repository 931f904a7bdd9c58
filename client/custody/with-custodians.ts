import { base64 } from "@scure/base";
import type { Signer } from "ethers";
import type { Backend } from "../../crypto/backend/backend.js";
import { claimText, type ShareClaim } from "../../crypto/custody/custodian-messages.js";
import { sharedRecordOf } from "../../crypto/custody/shared-record.js";
import { isSharesDocument, parseSharesDocument, type SharesDocument } from "../../crypto/custody/shares-document.js";
import { checkShare, combineShares, type ReleasedShare } from "../../crypto/custody/threshold.js";
import { makeHeader } from "../../crypto/envelope/make-header.js";
import { releaseAnswer } from "../../schema/custody.js";
import { AppError, toAppError } from "../../schema/errors.js";
import type { Delivery } from "../delivery.js";
import type { Listing } from "../operations/market.js";
import { askCustodian } from "./ask-custodian.js";

/** In ms. */
const finalWithinMs = 60_000;

/** Who asks custodians for a record's key, and on which ground. */
export interface ShareClaimant extends Pick<ShareClaim, "kind" | "subject"> {
  /** Signs the claims: the account that the chain knows. */
  wallet: Signer;
  identity: string;
  /** Of the identity; the chain has its hash. */
  recipient: string;
  listing: Pick<Listing, "terms">;
  /** Told of each custodian that gave no share, and why. */
  onRefusal?: (custodian: string, error: AppError) => void;
}

/**
 * Where a record's key is with custodians: asks all of them for their shares at once, puts the key together from the first that come, holds it to the chain's commitment, and
 * makes the header that a delivery has else. A delivery that has one comes back as it is. A forged share counts as none, and its custodian is told of.
 * @throws AppError KEY_UNAVAILABLE with the number that is missing and what each custodian said; COMMITMENT_MISMATCH, ENVELOPE_MALFORMED
 */
export async function withCustodians(backend: Backend, delivery: Delivery, claimant: ShareClaimant): Promise<Delivery> {
  if (!isSharesDocument(delivery.header)) return delivery;
  const document = parseSharesDocument(delivery.header);
  const { identity, recipient, listing: { terms } } = claimant;
  if (sharedRecordOf(backend, terms) !== document.record) throw new AppError("COMMITMENT_MISMATCH", "The shares document is of another record than the listing's.");
  const released = await collect(backend, document, claimant);
  const fileKey = await combineShares(backend, { recordId: document.record, threshold: document.threshold, shares: document.custodians }, released, identity, { ...terms, plainSize: document.plainSize });
  try {
    return { ...delivery, header: makeHeader(backend, fileKey, [recipient]) };
  } finally {
    fileKey.fill(0);
  }
}

async function collect(backend: Backend, { record, threshold, custodians }: SharesDocument, { wallet, kind, subject, identity, recipient, onRefusal }: ShareClaimant): Promise<ReleasedShare[]> {
  const account = await wallet.getAddress();
  const released: ReleasedShare[] = [];
  const refusals: string[] = [];
  const ask = async (custodian: SharesDocument["custodians"][number], index: number): Promise<void> => {
    try {
      const answer = releaseAnswer.safeParse(await askUntilFinal(custodian, async () => {
        const claim: ShareClaim = { share: custodian.commitment, kind, subject, account, recipient, at: new Date().toISOString() };
        return { claim, signature: await wallet.signMessage(claimText(claim)) };
      }));
      if (!answer.success) throw new AppError("CUSTODIAN_UNAVAILABLE", "The answer is malformed.");
      const sealed = base64.decode(answer.data.sealed);
      checkShare(backend, { recordId: record, index, commitment: custodian.commitment, sealed }, identity).fill(0);
      released.push({ index, sealed });
    } catch (error) {
      const why = toAppError(error);
      refusals.push(`${custodian.name}: ${why.code}`);
      onRefusal?.(custodian.name, why);
    }
  };
  const asked = custodians.map(ask);
  // The slowest need not be waited for: enough have answered, or all.
  await new Promise<void>((resolve) => {
    for (const each of asked) void each.then(() => released.length >= threshold && resolve());
    void Promise.all(asked).then(() => resolve());
  });
  const missing = threshold - released.length;
  if (missing > 0) {
    throw new AppError("KEY_UNAVAILABLE", `${missing} more of ${custodians.length} custodians must release a share: ${released.length} of ${threshold} are here (${refusals.sort().join(", ")}).`, { details: { missing, refusals } });
  }
  return released.slice(0, threshold);
}

/** A custodian's node may be some blocks behind the platform's: what is not final there yet is asked for again. */
async function askUntilFinal(custodian: SharesDocument["custodians"][number], request: () => Promise<object>): Promise<unknown> {
  for (const late = Date.now() + finalWithinMs; ; ) {
    try {
      return await askCustodian(custodian, "/release", await request());
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "NOT_READY" || Date.now() > late) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}
