import type { IncomingMessage, ServerResponse } from "node:http";
import { nodeBackend } from "../../crypto/backend/node.js";
import { maxSealedEvidenceBytes, openEvidence } from "../../crypto/legal-evidence.js";
import { stagingCipher } from "../../crypto/sealed-staging.js";
import { deriveStagingKey, unwrapStagingKey } from "../../crypto/staging-key.js";
import { single } from "../../platform/objects/single.js";
import { stagedEvidence, stagingFolder } from "../../platform/objects/staging-folder.js";
import { LegalEvidence, Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { authenticate } from "../auth/authenticate.js";
import { requireTradingScope } from "../context.js";
import type { ApiDeps } from "../deps.js";
import { readBody } from "../http/read-body.js";
import { requestUrl } from "../http/request-url.js";
import { safeHeaders } from "../http/send.js";
import { parseUuid } from "../input/parse.js";

/**
 * PUT /evidence/<upload id>: takes the document that shows an upload's legal basis (32 random bytes, then PDF or text) and stages it encrypted. It must be
 * there before the record's last byte. Again: the same answer, for the hash fixes the bytes.
 * @throws AppError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, CONFLICT, and those of openEvidence
 */
export async function serveEvidence(deps: ApiDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "PUT") throw new AppError("BAD_INPUT", "Only PUT: requestEvidence gives access to it.");
  const { viewer } = await authenticate(deps.database, request.headers.authorization);
  if (!viewer) throw new AppError("UNAUTHENTICATED", "Sign in first.");
  requireTradingScope({ viewer });
  const id = parseUuid("upload", requestUrl(request).pathname.split("/").at(-1) ?? "");
  const upload = await deps.database.getRepository(Upload).findOneBy({ id, owner: viewer.account });
  if (!upload) throw new AppError("NOT_FOUND", "No such upload of yours.");
  if (upload.status !== "CREATED") throw new AppError("CONFLICT", `The upload is ${upload.status}: the document is sent before the record's last byte.`);
  const sealed = await readBody(request, maxSealedEvidenceBytes);
  const { mediaType } = openEvidence(sealed, upload.legalEvidenceHash);

  const key = deriveStagingKey(nodeBackend, unwrapStagingKey(nodeBackend, deps.keys.staging, id, upload.stagingKey), stagedEvidence);
  await deps.objects.put(`${stagingFolder(deps.objects, upload)}/${stagedEvidence}`, single(stagingCipher(nodeBackend, key, 0).update(sealed)));
  await deps.database.createQueryBuilder().insert().into(LegalEvidence).values({ uploadId: id, mediaType, size: BigInt(sealed.length) }).orIgnore().execute();
  response.writeHead(204, safeHeaders).end();
}
