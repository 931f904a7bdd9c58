import { keccak_256 } from "@noble/hashes/sha3.js";
import { fromHex, lengthPrefixed, toHex, utf8 } from "./bytes.js";

export interface Delivery {
  /** The order (or grant) that is served. */
  readonly orderId: string;
  /** The re-wrapped header, whole. */
  readonly header: Uint8Array;
  /** `0x…` of the buyer's recipient ({@link recipientCommitment}). */
  readonly recipientCommitment: string;
  /** `0x…` of the stored object. */
  readonly ciphertextRoot: string;
}

/**
 * What goes on chain when an order is delivered: keccak256 over the order, the recipient, the object and this very header.
 * The buyer recomputes it from what was received; it betrays neither key nor recipient.
 * @returns `0x` and 64 digits.
 */
export const deliveryCommitment = ({ orderId, header, recipientCommitment, ciphertextRoot }: Delivery): string =>
  toHex(keccak_256(lengthPrefixed(utf8("galen/v1/delivery"), utf8(orderId), fromHex(recipientCommitment, 20), fromHex(ciphertextRoot, 32), keccak_256(header))));
