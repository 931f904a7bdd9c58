import type { IncomingMessage, ServerResponse } from "node:http";
import { nodeBackend } from "../../crypto/backend/node.js";
import { maxSealedEvidenceBytes, openEvidence } from "../../crypto/legal-evidence.js";
import { stagingCipher } from "../../crypto/sealed-staging.js";
import { deriveStagingKey, unwrapStagingKey } from "../../crypto/staging-key.js";
import { single } from "../../platform/objects/single.js";
import { stagedEvidence, stagingFolder } from "../../platform/objects/staging-folder.js";
import { LegalEvidence } from "../../schema/entities/index.js";
import type { ApiDeps } from "../deps.js";
import { readBody } from "../../platform/service/read-body.js";
import { safeHeaders } from "../http/send.js";
import { ownBegunUpload } from "./own-begun-upload.js";

/**
 * PUT /evidence/<upload id>: takes the document that shows an upload's legal basis (32 random bytes, then PDF or text) and stages it encrypted. It must be
 * there before the record's last byte. Again: the same answer, for the hash fixes the bytes.
 * @throws AppError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, CONFLICT, and those of openEvidence
 */
export async function serveEvidence(deps: ApiDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const upload = await ownBegunUpload(deps, request);
  const { id } = upload;
  const sealed = await readBody(request, maxSealedEvidenceBytes);
  const { mediaType } = openEvidence(sealed, upload.legalEvidenceHash);

  const key = deriveStagingKey(nodeBackend, unwrapStagingKey(nodeBackend, deps.keys.staging, id, upload.stagingKey), stagedEvidence);
  await deps.objects.put(`${stagingFolder(deps.objects, upload)}/${stagedEvidence}`, single(stagingCipher(nodeBackend, key, 0).update(sealed)));
  await deps.database.createQueryBuilder().insert().into(LegalEvidence).values({ uploadId: id, mediaType, size: BigInt(sealed.length) }).orIgnore().execute();
  response.writeHead(204, safeHeaders).end();
}
