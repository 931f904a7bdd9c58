import { base64 } from "@scure/base";
import type { Backend } from "../../crypto/backend/backend.js";
import { toHex } from "../../crypto/bytes.js";
import { verifyDestruction, type Destruction } from "../../crypto/custody/custodian-messages.js";
import { parseSharesDocument } from "../../crypto/custody/shares-document.js";
import type { Signed } from "../../crypto/signed.js";
import { AppError, toAppError } from "../../schema/errors.js";
import type { ToldCustodians } from "../operations/upload.js";
import { askCustodian } from "./ask-custodian.js";
import { eraseTokenOf } from "./erase-token.js";

export interface SharesDestroyed {
  /** Each custodian's signed word. */
  certificates: Signed<Destruction>[];
  /** Custodians that still have theirs, and why: ask them again. Too few of them to open the record. */
  left: string[];
}

/**
 * Has a record's shares destroyed by the custodians themselves. Again: the same certificates.
 * @param document - base64, as it was sent with the statement. @param secret - as prepareRecord got it
 * @throws AppError CUSTODIAN_UNAVAILABLE while so many still have their share that the key is not gone; COMMITMENT_MISMATCH for a certificate that does not hold
 */
export async function destroyShares(backend: Backend, document: string, secret: Uint8Array, told: ToldCustodians["custodians"]): Promise<SharesDestroyed> {
  const { record, threshold, custodians } = parseSharesDocument(base64.decode(document));
  const token = toHex(eraseTokenOf(backend, secret, record));
  const left: string[] = [];
  const certificates: Signed<Destruction>[] = [];
  await Promise.all(custodians.map(async ({ name, url, commitment }) => {
    try {
      const signed = (await askCustodian({ name, url }, "/destroy", { share: commitment, token })) as Signed<Destruction>;
      const key = told.find((custodian) => custodian.name === name)?.publicKey;
      const { share } = verifyDestruction(backend, signed, key === undefined ? [] : [base64.decode(key)]);
      if (share !== commitment) throw new AppError("COMMITMENT_MISMATCH", "The certificate is of another share.");
      certificates.push(signed);
    } catch (error) {
      left.push(`${name}: ${toAppError(error).code}`);
    }
  }));
  if (left.length >= threshold) throw new AppError("CUSTODIAN_UNAVAILABLE", `${left.length} of ${custodians.length} custodians still have their share, and ${threshold} can open the record (${left.sort().join(", ")}).`, { details: { left } });
  return { certificates, left };
}
