import { fromHex, toHex } from "../bytes.js";
import type { RingContext } from "./challenge.js";
import { domain, keccak, number, word } from "./curve.js";

const UPLOAD = domain("galen/ring-upload/v1");
const addressWord = (address: string): Uint8Array => word(number(fromHex(address.toLowerCase(), 20)));

/** What lets somebody who shows nothing but to be one of a ring begin an upload. */
export interface RingUpload {
  readonly chainId: bigint;
  /** Address of the market, `0x` and 40 digits. */
  readonly market: string;
  /** One-time account that the upload will be of. */
  readonly account: string;
  /** `0x` and 64 digits. */
  readonly ringHash: string;
  /** Unix time / the ring's epoch length. */
  readonly epoch: bigint;
  /** From 0 to the ring's quota, exclusive: each member may use each once an epoch. */
  readonly slot: number;
}

/**
 * @returns what is signed. The key image of a member differs from slot to slot and from epoch to epoch, so that two uploads of one member are not linked, and
 * no slot is used twice.
 * @see docs/ring-signature.md §9
 */
export const ringUploadContext = ({ chainId, market, account, ringHash, epoch, slot }: RingUpload): RingContext => ({
  chainId,
  market,
  message: toHex(keccak(UPLOAD, addressWord(account))),
  scope: toHex(keccak(UPLOAD, addressWord(market), fromHex(ringHash, 32), word(epoch), word(BigInt(slot)))),
});
