import { Signature, type Signer } from "ethers";
import { AppError } from "../schema/errors.js";
import type { GalenClient } from "./client.js";
import { send, type Contracts, type Mined } from "./contracts.js";
import type { ListingTerms } from "../schema/listing-terms.js";
import { order as orderQuery, preparePurchase, type Order } from "./operations/market.js";
import { poll } from "./poll.js";
import { parseTypedData, signTypedData } from "./typed-data.js";

/**
 * Buys several listings in one transaction from the signer's own wallet, with a permit of the token for exactly the sum.
 * @returns the transaction and the order ids, in order of the items.
 * @throws AppError NOT_TRADABLE, NOT_ACCREDITED, PURPOSE_NOT_ALLOWED (by the API), TX_REVERTED (by the contract)
 */
export async function purchase(client: GalenClient, contracts: Contracts, signer: Signer, items: { listingId: string; purpose: string }[]): Promise<Mined & { orderIds: string[] }> {
  const { preparePurchase: prepared } = await client.request(preparePurchase, { input: { items } });
  const permit = parseTypedData(prepared.permit);
  const signature = Signature.from(await signTypedData(signer, permit));
  const value = BigInt(String(permit.message["value"]));
  if (value !== BigInt(prepared.total.amount)) throw new AppError("BAD_INPUT", "The API's permit is not for the sum of the items.");
  const mined = await send(contracts.marketplace, signer, "purchaseWithPermit", [
    prepared.items.map(({ listingId, maxPrice, purpose, salt }) => ({ listingId, maxPrice, purpose, salt })),
    { value, deadline: BigInt(String(permit.message["deadline"])), v: signature.v, r: signature.r, s: signature.s },
  ]);
  return { ...mined, orderIds: prepared.items.map(({ orderId }) => orderId) };
}

/** An auditor's vote, from the own wallet. @param reason - code, 0 = none. */
export const vote = (contracts: Contracts, signer: Signer, input: { listingId: string; approve: boolean; reason: number }): Promise<Mined> =>
  send(contracts.marketplace, signer, "vote", [input.listingId, input.approve, input.reason]);

/** Pays the provider for a delivered order; the buyer at any time, anyone once the settle window is over. */
export const settle = (contracts: Contracts, signer: Signer, order: Pick<Order, "buyer" | "salt"> & { listing: { terms: ListingTerms } }): Promise<Mined> =>
  send(contracts.marketplace, signer, "settle", [order.listing.terms, order.buyer, order.salt]);

/** Takes the credit of the signer out of the market. */
export const withdraw = async (contracts: Contracts, signer: Signer): Promise<Mined> => send(contracts.marketplace, signer, "withdraw", [await signer.getAddress()]);

/** Waits until the indexer shows an order that satisfies `holds`. @throws AppError NOT_READY in time-out */
export function waitForOrder(client: GalenClient, id: string, holds: (order: Order) => boolean = () => true, timeoutMs = 60_000): Promise<Order> {
  return poll(timeoutMs, async () => {
    const { purchase: found } = await client.request(orderQuery, { id });
    if (found && holds(found)) return found;
    return found ? `The order is still ${found.status}.` : "The order is not indexed yet.";
  });
}
