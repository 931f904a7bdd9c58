import { combine, split } from "shamir-secret-sharing";
import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { lengthPrefixed, toHex, u64, utf8 } from "../bytes.js";
import { type Commitments, keyCommitmentOf } from "../envelope/commitments.js";
import { openSmall, sealSmall } from "../envelope/small-file.js";
import type { Opener } from "../envelope/stanza.js";

/** A file key in the hands of n custodians, any t of whom can release it; plain data, of which nothing is secret. */
export interface SharedKey {
  readonly version: 1;
  readonly recordId: string;
  /** t: shares that are needed. */
  readonly threshold: number;
  /** For custodian i (from 0). */
  readonly shares: readonly {
    /** `0x…`: which share is the true one. Shamir's scheme by itself takes a forged one and gives a wrong key. */
    readonly commitment: string;
    /** age file with the share, for the custodian's recipient. */
    readonly sealed: Uint8Array;
  }[];
}

/** A share on its way from one custodian to the buyer. */
export interface ReleasedShare {
  /** Number of the custodian, from 0. */
  readonly index: number;
  /** age file with the share, for the buyer's recipient. */
  readonly sealed: Uint8Array;
}

const commitmentOf = (backend: Backend, recordId: string, index: number, share: Uint8Array): string =>
  toHex(backend.sha256(lengthPrefixed(utf8("galen/v1/share"), utf8(recordId), u64(index), share)));

/**
 * Splits a file key among custodians. Done where the key is made: in client-side mode the platform never sees it.
 * @param custodians - 2 to 255 age recipients. @param threshold - 2 to that number.
 */
export async function splitKey(backend: Backend, recordId: string, fileKey: Uint8Array, custodians: readonly string[], threshold: number): Promise<SharedKey> {
  if (!Number.isInteger(threshold) || threshold < 2 || custodians.length < threshold || custodians.length > 255) {
    throw new AppError("BAD_INPUT", "A key is split among 2 to 255 custodians, of whom 2 or more must agree.");
  }
  const shares = await split(Uint8Array.from(fileKey), custodians.length, threshold);
  return {
    version: 1, recordId, threshold,
    shares: shares.map((share, index) => ({
      commitment: commitmentOf(backend, recordId, index, share),
      sealed: sealSmall(backend, share, [custodians[index] ?? ""]),
    })),
  };
}

/**
 * A custodian's part, after its own check of order, finality and buyer: opens its share and seals it for the buyer.
 * Throws COMMITMENT_MISMATCH where what was deposited with it is not what was committed to.
 */
export function releaseShare(backend: Backend, shared: SharedKey, index: number, identity: string | Opener, buyer: string): ReleasedShare {
  const entry = shared.shares[index];
  if (entry === undefined) throw new AppError("BAD_INPUT", `There is no custodian ${index}.`);
  const share = openSmall(backend, entry.sealed, [identity]);
  if (commitmentOf(backend, shared.recordId, index, share) !== entry.commitment) throw mismatch(index);
  return { index, sealed: sealSmall(backend, share, [buyer]) };
}

/**
 * The buyer's part: opens the shares and puts the key together.
 * @param roots - of the record, from the chain: the key is held to its `keyCommitment`.
 * @returns the file key. Throws KEY_UNAVAILABLE with the number that is missing, COMMITMENT_MISMATCH naming the custodian whose share is forged.
 */
export async function combineShares(
  backend: Backend,
  shared: Pick<SharedKey, "recordId" | "threshold" | "shares">,
  released: readonly ReleasedShare[],
  identity: string | Opener,
  roots: Pick<Commitments, "ciphertextRoot" | "plaintextRoot" | "plainSize" | "keyCommitment">,
): Promise<Uint8Array> {
  const shares = new Map<number, Uint8Array>();
  for (const { index, sealed } of released) {
    const share = openSmall(backend, sealed, [identity]);
    if (commitmentOf(backend, shared.recordId, index, share) !== shared.shares[index]?.commitment) throw mismatch(index);
    shares.set(index, share);
  }
  const missing = shared.threshold - shares.size;
  if (missing > 0) {
    throw new AppError("KEY_UNAVAILABLE", `${missing} more custodian(s) must release a share: ${shares.size} of ${shared.threshold} are here.`, { details: { missing } });
  }
  const fileKey = await combine([...shares.values()].slice(0, shared.threshold));
  if (keyCommitmentOf(backend, fileKey, roots) !== roots.keyCommitment) {
    throw new AppError("COMMITMENT_MISMATCH", "The shares give a key that is not the one committed to on the chain.");
  }
  return fileKey;
}

const mismatch = (index: number): AppError =>
  new AppError("COMMITMENT_MISMATCH", `The share of custodian ${index} is not the one that was committed to.`, { details: { custodian: index } });
