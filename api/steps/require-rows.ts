import type { Listing, TradeOrder } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { requireViewer, type ApiContext } from "../context.js";

/** @throws AppError NOT_FOUND */
export async function requireListing(context: ApiContext, id: string): Promise<Listing> {
  const listing = await context.loaders.listing.load(id);
  if (!listing) throw new AppError("NOT_FOUND", "No such listing.");
  return listing;
}

/** The contract's controller: the provider of a named listing, the payee of an anonymous one. @throws AppError NOT_FOUND, FORBIDDEN, CONFLICT */
export async function requireControlled(context: ApiContext, id: string): Promise<Listing> {
  const { account } = requireViewer(context);
  const listing = await requireListing(context, id);
  if ((listing.provider ?? listing.payee) !== account) throw new AppError("FORBIDDEN", "Only the listing's provider may do this.");
  if (listing.status === "DELISTED") throw new AppError("CONFLICT", "The listing is DELISTED.");
  return listing;
}

/** @throws AppError UNAUTHENTICATED, NOT_FOUND */
export async function requireOrder(context: ApiContext, id: string): Promise<{ order: TradeOrder; listing: Listing }> {
  requireViewer(context);
  const order = await context.loaders.order.load(id);
  if (!order) throw new AppError("NOT_FOUND", "No such order.");
  return { order, listing: await requireListing(context, order.listingId) };
}

/** @throws AppError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN */
export async function requireBought(context: ApiContext, id: string): Promise<{ order: TradeOrder; listing: Listing }> {
  const found = await requireOrder(context, id);
  if (found.order.buyer !== context.viewer?.account) throw new AppError("FORBIDDEN", "Only the order's buyer may do this.");
  return found;
}
