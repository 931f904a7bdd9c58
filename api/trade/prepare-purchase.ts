import { randomBytes } from "node:crypto";
import { AbiCoder, hexlify, keccak256 } from "ethers";
import { AppError } from "../../schema/errors.js";
import { Purpose, Role } from "../../schema/market.js";
import { marketNow, requireRole } from "../auth/accreditation.js";
import { permitTypedData } from "../chain/permit.js";
import type { ApiContext } from "../context.js";
import { parseHash } from "../input/parse.js";
import { requireSold } from "../listings/require-sold.js";
import { toMoney } from "../types/money.js";
import type { PreparedPurchase, PurchaseInput } from "../types/order.js";

/** Most listings bought at once: bounds the transaction's gas. */
export const maxItems = 50;
/** How long a permit may be used, in seconds. */
const permitSeconds = 3_600n;

/**
 * Checks what the contract would check, and makes what a wallet sends.
 * @throws AppError UNAUTHENTICATED, NOT_ACCREDITED, BAD_INPUT, NOT_FOUND, NOT_TRADABLE, PURPOSE_NOT_ALLOWED, CONFLICT (no recipient), CHAIN_UNAVAILABLE
 */
export async function preparePurchase(context: ApiContext, { items }: PurchaseInput): Promise<PreparedPurchase> {
  const buyer = await requireRole(context, Role.BUYER);
  const { deps, loaders } = context;
  const { market } = deps;
  if (items.length < 1 || items.length > maxItems) throw new AppError("BAD_INPUT", `items: 1 to ${maxItems}`, { details: { field: "items" } });
  if (!(await loaders.recipient.load(buyer.recipientCommitment))) throw new AppError("CONFLICT", "The platform does not know the age recipient that the chain commits to: nothing could be delivered.");

  const prepared = await Promise.all(
    items.map(async ({ listingId, purpose }) => {
      const id = parseHash("listingId", listingId);
      const listing = await loaders.listing.load(id);
      if (!listing) throw new AppError("NOT_FOUND", `There is no listing ${id}.`, { details: { listingId: id } });
      if (listing.status !== "APPROVED") throw new AppError("NOT_TRADABLE", `The listing is ${listing.status}.`, { details: { listingId: id } });
      requireSold(id, await loaders.uploadOfListing.load(id));
      if ((listing.purposes & BigInt(purpose)) === 0n) throw new AppError("PURPOSE_NOT_ALLOWED", `The consent does not cover ${Purpose[purpose]}.`, { details: { listingId: id } });
      const salt = hexlify(randomBytes(32));
      const orderId = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "address", "bytes32"], [id, buyer.account, salt]));
      return { listingId: id, maxPrice: listing.price, purpose: purpose as number, salt, orderId };
    }),
  );
  const total = prepared.reduce((sum, { maxPrice }) => sum + maxPrice, 0n);
  try {
    const [permit, allowance] = await Promise.all([
      permitTypedData(market, buyer.account, total, (await marketNow(deps)) + permitSeconds),
      market.token.getFunction("allowance")(buyer.account, market.deployment.marketplace) as Promise<bigint>,
    ]);
    return {
      items: prepared,
      total: toMoney(market.currency, total),
      to: market.deployment.marketplace,
      data: market.marketplace.interface.encodeFunctionData("purchase", [prepared]),
      permit,
      allowanceNeeded: total,
      allowance,
    };
  } catch (cause) {
    throw new AppError("CHAIN_UNAVAILABLE", "The payment token cannot be asked.", { cause });
  }
}
