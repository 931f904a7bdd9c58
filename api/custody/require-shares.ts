import { nodeBackend } from "../../crypto/backend/node.js";
import { sharedRecordOf } from "../../crypto/custody/shared-record.js";
import { parseSharesDocument } from "../../crypto/custody/shares-document.js";
import { statementInvalid, type ClientStatement } from "../../schema/client-statement.js";
import type { Custodians } from "../../schema/custody.js";
import type { Upload } from "../../schema/entities/index.js";

/**
 * Holds a shares document to the statement and the upload, and its custodians to those whom the platform tells of: buyers' programs will turn to these addresses.
 * @throws AppError STATEMENT_INVALID, ENVELOPE_MALFORMED
 */
export function requireShares(told: Custodians | null, upload: Pick<Upload, "payee">, { contentHash, commitments }: ClientStatement, header: Uint8Array): void {
  const { record, plainSize, custodians } = parseSharesDocument(header);
  if (told === null) throw statementInvalid("keyHeader", "this platform works with no custodians");
  const known = new Map(told.custodians.map(({ name, url }) => [name, url]));
  if (new Set(custodians.map(({ name }) => name)).size !== custodians.length || !custodians.every(({ name, url }) => known.get(name) === url)) throw statementInvalid("keyHeader", "a custodian is not of this platform's, or named twice");
  if (plainSize !== commitments.plainSize) throw statementInvalid("keyHeader", "the shares are of a record of another size");
  if (record !== sharedRecordOf(nodeBackend, { contentHash, payee: upload.payee, ...commitments })) throw statementInvalid("keyHeader", "the shares are of another record, or for another payee");
}
