import { randomBytes } from "node:crypto";
import { AbiCoder, hexlify, keccak256 } from "ethers";
import { AppError } from "../../schema/errors.js";
import { Purpose, Role } from "../../schema/market.js";
import { isAccredited } from "../auth/accreditation.js";
import type { ApiContext } from "../context.js";
import { requireSold } from "../listings/require-sold.js";
import { termsOf } from "../listings/terms.js";
import type { PreparedGrant } from "../types/step.js";
import { call } from "./call.js";
import { requireControlled } from "./require-rows.js";

const encode = (types: string[], values: unknown[]): string => keccak256(AbiCoder.defaultAbiCoder().encode(types, values));

/**
 * Access without a sale: an order at price zero for an accredited buyer, on the same way of delivery.
 * @throws AppError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, CONFLICT, NOT_TRADABLE, PURPOSE_NOT_ALLOWED, NOT_ACCREDITED (the grantee)
 */
export async function prepareGrant(context: ApiContext, listingId: string, grantee: string, purpose: Purpose): Promise<PreparedGrant> {
  const listing = await requireControlled(context, listingId);
  if (listing.status !== "APPROVED") throw new AppError("NOT_TRADABLE", `The listing is ${listing.status}.`);
  requireSold(listing.id, await context.loaders.uploadOfListing.load(listing.id));
  if ((listing.purposes & BigInt(purpose)) === 0n) throw new AppError("PURPOSE_NOT_ALLOWED", `The consent does not cover ${Purpose[purpose]}.`);
  if (!(await isAccredited(context, grantee, Role.BUYER))) throw new AppError("NOT_ACCREDITED", "The grantee has no valid accreditation as BUYER on the chain.", { details: { role: "BUYER" } });
  const salt = hexlify(randomBytes(32));
  // docs/market.md: a grant is an order whose salt says so.
  const orderSalt = encode(["string", "bytes32"], ["grant", salt]);
  return { transaction: call(context, "grantAccess", [termsOf(listing), grantee, purpose, salt]), orderId: encode(["bytes32", "address", "bytes32"], [listing.id, grantee, orderSalt]) };
}
