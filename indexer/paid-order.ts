import type { Position } from "./event-types.js";
import type { OrderFacts } from "./rows.js";

type Paid = Pick<OrderFacts, "id" | "listingId" | "buyer" | "salt" | "price" | "purpose" | "recipientCommitment" | "deliverBy">;

/** A new order: paid (a grant: at price zero), and nothing else yet. */
export function paidOrder({ id, listingId, buyer, salt, price, purpose, recipientCommitment, deliverBy }: Paid, { blockNumber, blockTime, transactionHash }: Position): OrderFacts {
  return {
    id,
    listingId,
    buyer,
    salt,
    price,
    purpose,
    recipientCommitment,
    deliverBy,
    status: "PAID",
    deliveryCommitment: null,
    settleAfter: null,
    fee: null,
    purchasedBlock: blockNumber,
    purchasedTime: blockTime,
    purchasedTransaction: transactionHash,
    deliveredBlock: null,
    deliveredTime: null,
    deliveredTransaction: null,
    closedBlock: null,
    closedTime: null,
    closedTransaction: null,
  };
}
