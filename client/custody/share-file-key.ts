import { base64 } from "@scure/base";
import type { Backend } from "../../crypto/backend/backend.js";
import { toHex, utf8 } from "../../crypto/bytes.js";
import { sharedRecordOf } from "../../crypto/custody/shared-record.js";
import { encodeSharesDocument } from "../../crypto/custody/shares-document.js";
import { splitKey } from "../../crypto/custody/threshold.js";
import type { Commitments } from "../../crypto/envelope/commitments.js";
import type { ToldCustodians } from "../operations/upload.js";
import { eraseTokenOf } from "./erase-token.js";

/** Custodians that keep a record's key, any `threshold` of whom can release it. */
export interface SharedCustody {
  threshold: number;
  custodians: Pick<ToldCustodians["custodians"][number], "name" | "url" | "recipient">[];
  /** Who will be paid: shares are released for sales to the benefit of this account alone. */
  payee: string;
}

/** What one custodian gets. */
export interface Deposit {
  name: string;
  url: string;
  index: number;
  /** Base64: an age file for this custodian alone. */
  sealed: string;
}

/** Splits a file key among custodians. @returns the document that says where the shares are, in bytes, and the shares. @throws AppError BAD_INPUT */
export async function shareFileKey(
  backend: Backend,
  fileKey: Uint8Array,
  { custody, contentHash, commitments, secret }: { custody: SharedCustody; contentHash: string; commitments: Commitments; secret: Uint8Array },
): Promise<{ header: Uint8Array; deposits: Deposit[] }> {
  const { threshold, custodians, payee } = custody;
  const record = sharedRecordOf(backend, { contentHash, payee, ...commitments });
  const { shares } = await splitKey(backend, record, fileKey, custodians.map(({ recipient }) => recipient), threshold);
  const header = encodeSharesDocument({
    format: "galen-shares/v1",
    record,
    plainSize: commitments.plainSize,
    threshold,
    eraseHash: toHex(backend.sha256(eraseTokenOf(backend, secret, record))),
    custodians: custodians.map(({ name, url }, index) => ({ name, url, commitment: shares[index]?.commitment ?? "" })),
  });
  return { header, deposits: custodians.map(({ name, url }, index) => ({ name, url, index, sealed: base64.encode(shares[index]?.sealed ?? utf8("")) })) };
}
