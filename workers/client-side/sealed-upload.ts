import { nodeBackend } from "../../crypto/backend/node.js";
import { isSharesDocument, parseSharesDocument, type SharesDocument } from "../../crypto/custody/shares-document.js";
import { withCiphertextRoot } from "../../crypto/envelope/ciphertext-root.js";
import { keyCommitmentOf, type Commitments } from "../../crypto/envelope/commitments.js";
import { stagedKeyHeader, stagingFolder } from "../../platform/objects/staging-folder.js";
import { collect } from "../../records/index.js";
import { clientStatement, statementInvalid, type ClientStatement } from "../../schema/client-statement.js";
import { ClientStatementRow } from "../../schema/entities/client-statement.js";
import type { Upload } from "../../schema/entities/upload.js";
import { AppError } from "../../schema/errors.js";
import type { WorkerDeps } from "../deps.js";
import { openSource, openStagedObject } from "../staging.js";

/** What a provider encrypted and sent: none of it is opened here but the key's wrapping. */
export interface SealedUpload {
  readonly statement: ClientStatement;
  /** To be overwritten when it was used; it fits the commitment that the provider signed. Or where its shares are: then nobody here can open it. */
  readonly fileKey: Uint8Array | SharesDocument;
  /** The stored object; its last byte comes only if root and size are those that were signed. Can be read once. Throws STATEMENT_INVALID. */
  readonly stored: AsyncIterable<Uint8Array>;
  readonly commitments: Promise<Commitments>;
}

/** @throws AppError STATEMENT_INVALID, OBJECT_NOT_FOUND, KEY_UNAVAILABLE */
export async function openSealedUpload({ database, objects, stagingKey, fileKeys }: Pick<WorkerDeps, "database" | "objects" | "stagingKey" | "fileKeys">, upload: Upload): Promise<SealedUpload> {
  const row = await database.getRepository(ClientStatementRow).findOneBy({ uploadId: upload.id });
  if (!row) throw statementInvalid("statement", "none was sent before the last byte");
  const parsed = clientStatement.safeParse(row.body);
  if (!parsed.success) throw statementInvalid("statement", "malformed", parsed.error);
  const { commitments } = parsed.data;
  const source = await openSource(objects, stagingKey, upload);

  const name = `${stagingFolder(objects, upload)}/${stagedKeyHeader}`;
  if (!(await objects.head(name))) throw statementInvalid("keyHeader", "none was sent before the last byte");
  const header = await collect(await openStagedObject(objects, stagingKey, upload, name));
  const fileKey = isSharesDocument(header) ? parseSharesDocument(header) : receiveKey(fileKeys, header, commitments);
  return { statement: parsed.data, fileKey, stored: held(source(), commitments), commitments: Promise.resolve(commitments) };
}

/** @throws AppError STATEMENT_INVALID, KEY_UNAVAILABLE */
function receiveKey(fileKeys: WorkerDeps["fileKeys"], header: Uint8Array, commitments: Commitments): Uint8Array {
  let fileKey: Uint8Array;
  try {
    fileKey = fileKeys.receive(header);
  } catch (error) {
    if (error instanceof AppError && (error.code === "DECRYPTION_FAILED" || error.code === "ENVELOPE_MALFORMED")) throw statementInvalid("keyHeader", "it is not for this platform's custody, or was changed", error);
    throw error;
  }
  if (keyCommitmentOf(nodeBackend, fileKey, commitments) !== commitments.keyCommitment) {
    fileKey.fill(0);
    throw statementInvalid("keyCommitment", "the key is another one");
  }
  return fileKey;
}

async function* held(source: AsyncIterable<Uint8Array>, signed: Commitments): AsyncGenerator<Uint8Array> {
  try {
    yield* withCiphertextRoot(nodeBackend, source, ({ ciphertextRoot, storedSize }) => {
      if (storedSize !== signed.storedSize) throw statementInvalid("storedSize", "the ciphertext has another size");
      if (ciphertextRoot !== signed.ciphertextRoot) throw statementInvalid("ciphertextRoot", "the ciphertext is another one");
    });
  } catch (error) {
    if (error instanceof AppError && error.code === "ENVELOPE_MALFORMED") throw statementInvalid("ciphertext", "it is no encrypted file", error);
    throw error;
  }
}
