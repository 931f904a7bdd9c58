import { nodeBackend } from "../crypto/backend/node.js";
import type { ShareClaim } from "../crypto/custody/custodian-messages.js";
import { sharedRecordOf } from "../crypto/custody/shared-record.js";
import { recipientCommitment } from "../crypto/recipient.js";
import { AppError } from "../schema/errors.js";
import { Role } from "../schema/market.js";
import type { ChainView } from "./chain-view.js";

/**
 * A custodian's own check, on its own node: is this share owed to this account, for the recipient that it is asked for? It believes the chain alone, not the platform and not
 * who asks. @param record - that the share is of
 * @throws AppError NOT_FOUND (no such order or listing), NOT_READY (not delivered, or not final yet: ask again), CONFLICT (refunded, disputed, or of another record),
 * FORBIDDEN (another account), NOT_ACCREDITED, CHAIN_UNAVAILABLE
 */
export async function checkClaim(chain: ChainView, record: string, claim: ShareClaim): Promise<void> {
  const { account, kind, subject } = claim;
  const listingId = kind === "ORDER" ? await checkOrder(chain, claim) : subject;
  const terms = await chain.finalListing(listingId);
  if (terms === null) throw (await chain.listingStatus(listingId)).head === "NONE" ? new AppError("NOT_FOUND", "No such listing is on the chain.") : new AppError("NOT_READY", "The listing is not final yet.");
  if (sharedRecordOf(nodeBackend, terms) !== record) throw new AppError("CONFLICT", "The share is of another record than this listing's, or was deposited for another payee.");
  if (kind === "AUDIT") await checkAudit(chain, claim, listingId);
  if (kind === "OWN") {
    if (!isSame(terms.provider, account)) throw new AppError("FORBIDDEN", "The listing is somebody else's.");
    await checkAccredited(chain, claim, Role.PROVIDER, true);
  }
}

/** @returns the listing that was bought */
async function checkOrder(chain: ChainView, claim: ShareClaim): Promise<string> {
  const order = await chain.finalOrder(claim.subject);
  if (order === null) throw (await chain.orderStatus(claim.subject)).head === "NONE" ? new AppError("NOT_FOUND", "No such order was paid on the chain.") : new AppError("NOT_READY", "The payment is not final yet.");
  if (!isSame(order.account, claim.account)) throw new AppError("FORBIDDEN", "The order is somebody else's.");
  requireRecipient(order.recipientCommitment, claim);
  const { final, head } = await chain.orderStatus(claim.subject);
  // What is refunded at the head is refunded, also before that is final; what is delivered is so once it is final: an order that can still be refunded gives nothing away.
  if (head !== "PAID" && head !== "DELIVERED" && head !== "SETTLED") throw new AppError("CONFLICT", `The order is ${head}.`);
  if (final !== "DELIVERED" && final !== "SETTLED") throw new AppError("NOT_READY", head === "PAID" ? "The order is paid, and not delivered on the chain yet." : "The delivery is not final yet.");
  await checkAccredited(chain, claim, Role.BUYER, false);
  return order.listingId;
}

async function checkAudit(chain: ChainView, claim: ShareClaim, listingId: string): Promise<void> {
  await checkAccredited(chain, claim, Role.AUDITOR, true);
  const { final, head } = await chain.listingStatus(listingId);
  for (const status of [final, head]) if (status !== "PENDING" && status !== "APPROVED") throw new AppError("CONFLICT", `The listing is ${status}: there is nothing to audit.`);
  if (!(await chain.mayAudit(listingId, claim.account))) throw new AppError("FORBIDDEN", "The lot did not fall on this auditor.");
}

/** @param byRegistration - the recipient is the one that the account is registered with now; an order has its own */
async function checkAccredited(chain: ChainView, claim: ShareClaim, role: Role, byRegistration: boolean): Promise<void> {
  const found = await chain.participant(claim.account);
  if ((found.roles & role) === 0 || found.validUntil < (await chain.now())) throw new AppError("NOT_ACCREDITED", `The account is not accredited as ${Role[role]} now.`);
  if (byRegistration) requireRecipient(found.recipientCommitment, claim);
}

function requireRecipient(commitment: string, { recipient }: ShareClaim): void {
  if (recipientCommitment(recipient) !== commitment.toLowerCase()) throw new AppError("FORBIDDEN", "The chain names another recipient for this account.");
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
