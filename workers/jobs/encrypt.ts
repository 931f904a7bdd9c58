import { randomUUID } from "node:crypto";
import { nodeBackend } from "../../crypto/backend/node.js";
import { encryptStream, newFileKey } from "../../crypto/envelope/encrypt-stream.js";
import { assertSuite } from "../../crypto/suites.js";
import { stagingFolder } from "../../platform/objects/staging-folder.js";
import { AppError } from "../../schema/errors.js";
import type { JobPayload } from "../../schema/jobs.js";
import { advanceUpload, findUpload } from "../advance-upload.js";
import type { Process, WorkerDeps } from "../deps.js";
import { dropUnlessKept } from "../drop-unless-kept.js";
import { encryptEvidence, type EncryptedEvidence } from "../legal-evidence.js";
import { openStagedObject } from "../staging.js";
import { storeKey } from "../store-key.js";

export type EncryptDeps = Pick<WorkerDeps, "database" | "objects" | "stagingKey" | "fileKeys">;

/**
 * PRICED → ENCRYPTED: the age payload under a fresh file key, its commitments, and the wrapped key; and the legal evidence alike. Every attempt has a key and an object
 * of its own; the one whose row is written wins. The file key leaves this call only wrapped. Throws SUITE_UNSUPPORTED, KEY_UNAVAILABLE, KEY_STORE_UNAVAILABLE.
 */
export const encrypt = ({ database, objects, stagingKey, fileKeys }: EncryptDeps): Process<JobPayload<"encrypt">> => async ({ uploadId }) => {
  const upload = await findUpload(database, uploadId, "PRICED");
  if (!upload) return;
  const { suite, objectKey } = upload;
  assertSuite(suite);
  if (objectKey === null) throw new AppError("CONFLICT", "The upload has no de-identified file.");
  const target = `${stagingFolder(objects, upload)}/payload-${randomUUID()}`;
  const fileKey = newFileKey(nodeBackend);
  let evidence: EncryptedEvidence | null = null;
  try {
    const { stored, commitments } = encryptStream(nodeBackend, await openStagedObject(objects, stagingKey, upload, objectKey), { fileKey });
    await objects.put(target, stored);
    const { plaintextRoot, ciphertextRoot, keyCommitment, plainSize, storedSize } = await commitments;
    if (BigInt(plainSize) !== upload.deidentifiedSize) throw new AppError("OBJECT_NOT_FOUND", "The de-identified file is not whole.");
    evidence = await encryptEvidence({ database, objects, stagingKey, fileKeys }, upload, suite);
    const moved = await advanceUpload(database, {
      upload,
      from: "PRICED",
      to: "ENCRYPTED",
      set: { plaintextRoot, ciphertextRoot, keyCommitment, objectKey: target, objectSize: BigInt(storedSize) },
      also: async (manager) => {
        await storeKey(manager, fileKeys, { recordId: upload.id, fileKey, suite });
        await evidence?.record(manager);
      },
    });
    if (!moved) for (const key of [target, evidence?.objectKey]) if (key !== undefined) await objects.delete(key);
  } catch (error) {
    await dropUnlessKept({ database, objects }, upload.id, target);
    throw error;
  } finally {
    fileKey.fill(0);
    evidence?.fileKey.fill(0);
  }
};
