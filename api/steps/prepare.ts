import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { requireLease } from "../audit/require-lease.js";
import { marketNow, requireRole } from "../auth/accreditation.js";
import { requireViewer, type ApiContext } from "../context.js";
import { parseMask, parseRange } from "../input/parse.js";
import { termsOf } from "../listings/terms.js";
import type { PreparedTransaction } from "../types/step.js";
import { call } from "./call.js";
import { requireControlled, requireListing, requireOrder } from "./require-rows.js";

const maxUint64 = 2n ** 64n - 1n;
/** Largest code of an auditor's reason. */
export const maxReason = 65_535;

/** @throws AppError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, CONFLICT, BAD_INPUT */
export async function prepareReprice(context: ApiContext, listingId: string, price: bigint): Promise<PreparedTransaction> {
  const listing = await requireControlled(context, listingId);
  return call(context, "reprice", [termsOf(listing), parseRange("price", price, 1n, maxUint64)]);
}

/** Purposes can only be taken away. @throws AppError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, CONFLICT, BAD_INPUT */
export async function prepareConsent(context: ApiContext, listingId: string, purposes: readonly number[]): Promise<PreparedTransaction> {
  const listing = await requireControlled(context, listingId);
  const mask = BigInt(parseMask("purposes", purposes));
  if ((mask & ~listing.purposes) !== 0n || mask === listing.purposes) throw new AppError("BAD_INPUT", "purposes: some of those consented to now, and not all", { details: { field: "purposes" } });
  return call(context, "narrowConsent", [termsOf(listing), mask]);
}

/** @throws AppError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, CONFLICT */
export async function prepareDelist(context: ApiContext, listingId: string): Promise<PreparedTransaction> {
  return call(context, "delist", [termsOf(await requireControlled(context, listingId))]);
}

/**
 * @param token - of the auditor's claim. A vote sent to the chain without this API needs none, and ends the claim.
 * @throws AppError UNAUTHENTICATED, NOT_ACCREDITED, NOT_FOUND, CONFLICT, LEASE_LOST, BAD_INPUT
 */
export async function prepareVote(context: ApiContext, { listingId, approve, reason, token }: { listingId: string; approve: boolean; reason: number; token: bigint }): Promise<PreparedTransaction> {
  const { account } = await requireRole(context, Role.AUDITOR);
  const listing = await requireListing(context, listingId);
  if (listing.status !== "PENDING") throw new AppError("CONFLICT", `The listing is ${listing.status}.`);
  if (listing.provider === account) throw new AppError("FORBIDDEN", "Nobody audits an own listing.");
  await requireLease(context.deps.database, { listingId, auditor: account, token });
  return call(context, "vote", [listing.id, approve, parseRange("reason", reason, 0, maxReason)]);
}

/** The buyer at any time after the delivery, anyone after the settle window, or once the auditors have let a dispute lapse. @throws AppError UNAUTHENTICATED, NOT_FOUND, CONFLICT, FORBIDDEN */
export async function prepareSettle(context: ApiContext, orderId: string): Promise<PreparedTransaction> {
  const { order, listing } = await requireOrder(context, orderId);
  if ((order.status !== "DELIVERED" && order.status !== "DISPUTED") || order.settleAfter === null) throw new AppError("CONFLICT", `The order is ${order.status}: only a delivered one can be settled.`);
  const isOpen = (await marketNow(context.deps)) > order.settleAfter;
  if (order.status === "DISPUTED") {
    if (!isOpen) throw new AppError("CONFLICT", "The auditors can still decide the dispute.");
    return call(context, "lapseDispute", [order.id]);
  }
  if (!isOpen && order.buyer !== context.viewer?.account) throw new AppError("FORBIDDEN", "Until the settle window is over only the buyer may settle.");
  return call(context, "settle", [termsOf(listing), order.buyer, order.salt]);
}

/** Anyone, once the delivery is overdue. @throws AppError UNAUTHENTICATED, NOT_FOUND, CONFLICT */
export async function prepareRefund(context: ApiContext, orderId: string): Promise<PreparedTransaction> {
  const { order } = await requireOrder(context, orderId);
  if (order.status !== "PAID") throw new AppError("CONFLICT", `The order is ${order.status}: only a paid one can be refunded.`);
  if ((await marketNow(context.deps)) <= order.deliverBy) throw new AppError("CONFLICT", "The delivery is not overdue yet.");
  return call(context, "refund", [order.listingId, order.buyer, order.salt]);
}

/** @throws AppError UNAUTHENTICATED, CONFLICT (nothing to withdraw), CHAIN_UNAVAILABLE */
export async function prepareWithdrawal(context: ApiContext, to: string): Promise<PreparedTransaction> {
  const { account } = requireViewer(context);
  let credit: bigint;
  try {
    credit = (await context.deps.market.marketplace.getFunction("credit")(account)) as bigint;
  } catch (cause) {
    throw new AppError("CHAIN_UNAVAILABLE", "The chain cannot be asked for the account's credit.", { cause });
  }
  if (credit === 0n) throw new AppError("CONFLICT", "There is nothing to withdraw.");
  return call(context, "withdraw", [to]);
}
