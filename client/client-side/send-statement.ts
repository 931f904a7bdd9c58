import { utf8 } from "../../crypto/bytes.js";
import { clientStatementDigest } from "../../crypto/client-statement.js";
import { AppError } from "../../schema/errors.js";
import type { GalenClient } from "../client.js";
import { statementToSign } from "../operations/upload.js";
import { depositShares } from "../custody/deposit-shares.js";
import { putBody } from "../put-body.js";
import type { PreparedRecord } from "./prepare-record.js";

/**
 * Signs what `prepareRecord` found and sends it, with the wrapped file key, before the ciphertext's last byte; of threshold custody once every custodian has its share.
 * Again: the same answer.
 * @param sign - signs typed data with the owner's wallet: `consentSigner(wallet)`
 * @throws AppError with the API's code: STATEMENT_INVALID, CONFLICT…; CUSTODIAN_UNAVAILABLE, and what custodians answer
 */
export async function sendStatement(client: GalenClient, sign: (typedData: unknown) => Promise<string>, uploadId: string, prepared: PreparedRecord): Promise<void> {
  const statement = { ...prepared.statement, uploadId };
  if (prepared.deposits) await depositShares(prepared.keyHeader, prepared.deposits);
  const { upload } = await client.request(statementToSign, { id: uploadId, digest: clientStatementDigest(statement) });
  if (!upload?.statementUrl || !upload.statementTypedData) throw new AppError("CONFLICT", "No upload of yours in client-side mode.");
  const signature = await sign(upload.statementTypedData);
  await putBody(client, upload.statementUrl, utf8(JSON.stringify({ statement, signature, keyHeader: prepared.keyHeader })));
}
