import { combine, split } from "shamir-secret-sharing";
import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { concat, equalBytes, lengthPrefixed, toHex, u64, utf8 } from "../bytes.js";
import { type Commitments, keyCommitmentOf } from "../envelope/commitments.js";
import { openSmall, sealSmall } from "../envelope/small-file.js";
import type { Opener } from "../envelope/stanza.js";

/** A custodian's share, as it is deposited. None of it is secret but what is sealed. */
export interface DepositedShare {
  /** Names the record ({@link sharedRecordOf}); it is sealed with the share, so that nobody passes one record's share off as another's. */
  readonly recordId: string;
  /** Number of the custodian, from 0. */
  readonly index: number;
  /** `0x…`: which share is the true one. Shamir's scheme by itself takes a forged one and gives a wrong key. */
  readonly commitment: string;
  /** age file with the share, for the custodian's recipient. */
  readonly sealed: Uint8Array;
}

/** A file key in the hands of n custodians, any t of whom can release it. */
export interface SharedKey {
  readonly recordId: string;
  /** t: shares that are needed. */
  readonly threshold: number;
  /** For custodian i (from 0). */
  readonly shares: readonly Pick<DepositedShare, "commitment">[];
}

/** A share on its way from one custodian to the buyer. */
export interface ReleasedShare {
  /** Number of the custodian, from 0. */
  readonly index: number;
  /** age file with the share, for the buyer's recipient. */
  readonly sealed: Uint8Array;
}

const context = (recordId: string, index: number): Uint8Array => lengthPrefixed(utf8("galen/v1/share"), utf8(recordId), u64(index));

/** What is sealed and committed to: context ‖ length ‖ share. */
const contentOf = (recordId: string, index: number, share: Uint8Array): Uint8Array => concat(context(recordId, index), lengthPrefixed(share));

const commitmentOf = (backend: Backend, content: Uint8Array): string => toHex(backend.sha256(content));

/**
 * Splits a file key among custodians. Done where the key is made: in client-side mode the platform never sees it.
 * @param custodians - 2 to 255 age recipients. @param threshold - 2 to that number.
 */
export async function splitKey(backend: Backend, recordId: string, fileKey: Uint8Array, custodians: readonly string[], threshold: number): Promise<SharedKey & { readonly shares: readonly DepositedShare[] }> {
  if (!Number.isInteger(threshold) || threshold < 2 || custodians.length < threshold || custodians.length > 255) {
    throw new AppError("BAD_INPUT", "A key is split among 2 to 255 custodians, of whom 2 or more must agree.");
  }
  const shares = await split(Uint8Array.from(fileKey), custodians.length, threshold);
  return {
    recordId, threshold,
    shares: shares.map((share, index) => {
      const content = contentOf(recordId, index, share);
      return { recordId, index, commitment: commitmentOf(backend, content), sealed: sealSmall(backend, content, [custodians[index] ?? ""]) };
    }),
  };
}

/**
 * A custodian's part, after its own check of order, finality and buyer: opens its share and seals it for the buyer.
 * Throws COMMITMENT_MISMATCH where what was deposited is not what was committed to, or is of another record; DECRYPTION_FAILED where it is not for this identity.
 */
export const releaseShare = (backend: Backend, deposit: DepositedShare, identity: string | Opener, buyer: string): ReleasedShare =>
  ({ index: deposit.index, sealed: sealSmall(backend, checkShare(backend, deposit, identity), [buyer]) });

/** Opens a share and holds it to record, number and commitment. @returns what was sealed. Throws as {@link releaseShare}. */
export function checkShare(backend: Backend, { recordId, index, commitment, sealed }: DepositedShare, identity: string | Opener): Uint8Array {
  const content = openSmall(backend, sealed, [identity]);
  const expected = context(recordId, index);
  if (commitmentOf(backend, content) !== commitment || !equalBytes(content.subarray(0, expected.length), expected)) {
    throw new AppError("COMMITMENT_MISMATCH", `The share of custodian ${index} is not the one that was committed to.`, { details: { custodian: index } });
  }
  return content;
}

/**
 * The buyer's part: opens the shares and puts the key together.
 * @param roots - of the record, from the chain: the key is held to its `keyCommitment`.
 * @returns the file key. Throws KEY_UNAVAILABLE with the number that is missing, COMMITMENT_MISMATCH naming the custodian whose share is forged.
 */
export async function combineShares(
  backend: Backend,
  { recordId, threshold, shares }: SharedKey,
  released: readonly ReleasedShare[],
  identity: string | Opener,
  roots: Pick<Commitments, "ciphertextRoot" | "plaintextRoot" | "plainSize" | "keyCommitment">,
): Promise<Uint8Array> {
  const opened = new Map<number, Uint8Array>();
  for (const { index, sealed } of released) {
    const content = checkShare(backend, { recordId, index, commitment: shares[index]?.commitment ?? "", sealed }, identity);
    opened.set(index, content.subarray(context(recordId, index).length + 8));
  }
  const missing = threshold - opened.size;
  if (missing > 0) {
    throw new AppError("KEY_UNAVAILABLE", `${missing} more custodian(s) must release a share: ${opened.size} of ${threshold} are here.`, { details: { missing } });
  }
  const fileKey = await combine([...opened.values()].slice(0, threshold).map((share) => Uint8Array.from(share)));
  if (keyCommitmentOf(backend, fileKey, roots) !== roots.keyCommitment) {
    throw new AppError("COMMITMENT_MISMATCH", "The shares give a key that is not the one committed to on the chain.");
  }
  return fileKey;
}
