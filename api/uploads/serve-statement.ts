import type { IncomingMessage, ServerResponse } from "node:http";
import { base64 } from "@scure/base";
import { keccak256 } from "ethers";
import { nodeBackend } from "../../crypto/backend/node.js";
import { clientStatementDigest } from "../../crypto/client-statement.js";
import { isSharesDocument } from "../../crypto/custody/shares-document.js";
import { storedSizeOf } from "../../crypto/envelope/sizes.js";
import { stagingCipher } from "../../crypto/sealed-staging.js";
import { deriveStagingKey, unwrapStagingKey } from "../../crypto/staging-key.js";
import { single } from "../../platform/objects/single.js";
import { stagedKeyHeader, stagingFolder } from "../../platform/objects/staging-folder.js";
import { maxStatementBytes, signedClientStatement, statementInvalid, type SignedClientStatement } from "../../schema/client-statement.js";
import { ClientStatementRow, type Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { UploadMode } from "../../schema/upload-mode.js";
import { clientStatementTypedData } from "../chain/client-statement.js";
import { isSignedBy } from "../chain/typed-data.js";
import { requireShares } from "../custody/require-shares.js";
import type { ApiDeps } from "../deps.js";
import { parseJson } from "../../platform/service/parse-json.js";
import { readBody } from "../../platform/service/read-body.js";
import { safeHeaders } from "../http/send.js";
import { ownBegunUpload } from "./own-begun-upload.js";

/**
 * PUT /statements/<upload id>: takes what the owner of a client-side upload says and signs about it, and the wrapped file key, or where its shares are. It must be there before the
 * record's last byte. Again: the same answer; another statement is refused, for bytes may have come for the first.
 * @throws AppError STATEMENT_INVALID, ENVELOPE_MALFORMED, CONFLICT, LIMIT_EXCEEDED, and those of ownBegunUpload
 */
export async function serveStatement(deps: ApiDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const upload = await ownBegunUpload(deps, request);
  const { id } = upload;
  if (upload.mode !== String(UploadMode.CLIENT_SIDE)) throw new AppError("CONFLICT", "The upload is not of client-side mode.");
  const { statement, signature, keyHeader } = parse(await readBody(request, maxStatementBytes));
  const header = base64.decode(keyHeader);
  requireOf(upload, statement, header);
  if (isSharesDocument(header)) requireShares(deps.custodians, upload, statement, header);
  const digest = clientStatementDigest(statement);
  if (!(await isSignedBy(deps.provider, clientStatementTypedData(deps.market, { uploadId: id, digest }), signature, upload.owner))) throw statementInvalid("signature", "not the owner's over this statement");

  await deps.database.createQueryBuilder().insert().into(ClientStatementRow).values({ uploadId: id, body: statement as object, digest, signature }).orIgnore().execute();
  const { digest: first } = await deps.database.getRepository(ClientStatementRow).findOneByOrFail({ uploadId: id });
  if (first !== digest) throw new AppError("CONFLICT", "Another statement was sent for this upload: begin a new one.");
  // The digest fixes the header's bytes: what is written again is the same.
  const key = deriveStagingKey(nodeBackend, unwrapStagingKey(nodeBackend, deps.keys.staging, id, upload.stagingKey), stagedKeyHeader);
  await deps.objects.put(`${stagingFolder(deps.objects, upload)}/${stagedKeyHeader}`, single(stagingCipher(nodeBackend, key, 0).update(header)));
  response.writeHead(204, safeHeaders).end();
}

/** @throws AppError STATEMENT_INVALID; its message has the place, never what stands there */
function parse(body: Uint8Array): SignedClientStatement {
  const json = parseJson(body, () => statementInvalid("statement", "no JSON"));
  const parsed = signedClientStatement.safeParse(json);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.filter((step) => typeof step === "number" || /^[A-Za-z]{1,40}$/.test(String(step))).join(".");
  throw statementInvalid(place === undefined || place === "" ? "statement" : place, "not of the form that docs/deidentification.md gives");
}

/** Holds a statement to the upload and to itself. @throws AppError STATEMENT_INVALID */
function requireOf(upload: Upload, { uploadId, suite, commitments, report, profile, keyHeaderHash }: SignedClientStatement["statement"], header: Uint8Array): void {
  if (uploadId !== upload.id) throw statementInvalid("uploadId", "it is of another upload");
  if (suite !== upload.suite) throw statementInvalid("suite", "the upload announced another one");
  if (BigInt(commitments.storedSize) !== upload.size) throw statementInvalid("storedSize", "the upload announced another size");
  if (storedSizeOf(commitments.plainSize) !== commitments.storedSize) throw statementInvalid("plainSize", "the stored object would have another size");
  if (profile.format !== report.format) throw statementInvalid("profile.format", "the report names another one");
  if (profile.bytes !== commitments.plainSize) throw statementInvalid("profile.bytes", "the commitments name another size");
  if (keccak256(header) !== keyHeaderHash) throw statementInvalid("keyHeaderHash", "the key's header is another one");
}
