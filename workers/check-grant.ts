import { IsNull } from "typeorm";
import { nodeBackend } from "../crypto/backend/node.js";
import { parseRecipient } from "../crypto/recipient.js";
import { classicSuite } from "../crypto/suite-names.js";
import { chooseSuite } from "../crypto/suites.js";
import type { AccessGrant } from "../schema/entities/access-grant.js";
import { LegalEvidence } from "../schema/entities/legal-evidence.js";
import { Listing } from "../schema/entities/listing.js";
import { Recipient } from "../schema/entities/recipient.js";
import { TradeOrder } from "../schema/entities/trade-order.js";
import { Upload } from "../schema/entities/upload.js";
import { AppError } from "../schema/errors.js";
import { Role } from "../schema/market.js";
import type { WorkerDeps } from "./deps.js";
import type { Market } from "./market.js";

export interface CheckedGrant {
  /** age recipient of the account. */
  recipient: string;
  ciphertextRoot: string;
}

/** Years for which an owner who opted in to classic recipients lets the content be at risk (crypto/suites.ts). */
const classicRetentionYears = 10;

/**
 * Checks everything again at the moment of delivery, on the chain itself where it can change: paid and not refunded, accredited now,
 * the recipient that the chain names.
 * @throws AppError CONFLICT, NOT_ACCREDITED, NOT_FOUND, SUITE_UNSUPPORTED; CHAIN_UNAVAILABLE
 */
export async function checkGrant({ database, market }: Pick<WorkerDeps, "database" | "market">, grant: AccessGrant): Promise<CheckedGrant> {
  const evidence = grant.kind === "EVIDENCE" ? await database.getRepository(LegalEvidence).findOneBy({ evidenceId: grant.recordId }) : null;
  const upload = await database.getRepository(Upload).findOneBy({ id: evidence?.uploadId ?? grant.recordId });
  const listing = await database.getRepository(Listing).findOneBy({ id: grant.listingId, toBlock: IsNull() });
  if (!upload || !listing || upload.listingId !== grant.listingId || upload.ciphertextRoot !== listing.ciphertextRoot) {
    throw new AppError("NOT_FOUND", "The record of this listing is not here.");
  }
  if (grant.kind === "ORDER") await checkOrder(market, await database.getRepository(TradeOrder).findOneBy({ id: grant.subject, toBlock: IsNull() }), grant);
  else if (grant.kind === "AUDIT" || (grant.kind === "EVIDENCE" && !sameAccount(upload.owner, grant.account))) await checkAudit(market, grant);
  else if (!sameAccount(upload.owner, grant.account)) throw new AppError("FORBIDDEN", "The record belongs to somebody else.");

  const known = await database.getRepository(Recipient).findOneBy({ commitment: grant.recipientCommitment });
  if (!known) throw new AppError("NOT_FOUND", "The account's recipient is not known.");
  const recipient = parseRecipient(nodeBackend, known.recipient);
  const classicAllowed = upload.suite === classicSuite;
  chooseSuite({ classicAllowed, sensitivity: "ordinary", retentionYears: classicRetentionYears }, recipient.suite);
  return { recipient: recipient.text, ciphertextRoot: listing.ciphertextRoot };
}

/** The order names the recipient: whoever is registered anew with another key after paying still gets what was bought for the old one. */
async function checkOrder(market: Market, order: TradeOrder | null, grant: AccessGrant): Promise<void> {
  if (!order || order.listingId !== grant.listingId || !sameAccount(order.buyer, grant.account) || order.recipientCommitment !== grant.recipientCommitment) {
    throw new AppError("CONFLICT", "The order is not of this listing, buyer or recipient.");
  }
  const status = await market.orderStatus(order.id);
  if (status !== "PAID") throw new AppError("CONFLICT", `The order is ${status}.`);
  await checkAccredited(market, grant.account, Role.BUYER);
}

async function checkAudit(market: Market, grant: AccessGrant): Promise<void> {
  const { recipientCommitment } = await checkAccredited(market, grant.account, Role.AUDITOR);
  if (recipientCommitment !== grant.recipientCommitment) throw new AppError("CONFLICT", "The auditor is registered with another recipient.");
  const status = await market.listingStatus(grant.listingId);
  if (status !== "PENDING" && status !== "APPROVED") throw new AppError("CONFLICT", `The listing is ${status}.`);
}

async function checkAccredited(market: Market, account: string, role: Role): Promise<{ recipientCommitment: string }> {
  const found = await market.participant(account);
  if ((found.roles & role) === 0 || found.validUntil < (await market.headTime())) {
    throw new AppError("NOT_ACCREDITED", `The account is not accredited as ${Role[role]} now.`);
  }
  return found;
}

const sameAccount = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
