import { randomUUID } from "node:crypto";
import { nodeBackend } from "../../crypto/backend/node.js";
import { encryptStream, newFileKey, type Sealing } from "../../crypto/envelope/encrypt-stream.js";
import { assertSuite } from "../../crypto/suites.js";
import { stagingFolder } from "../../platform/objects/staging-folder.js";
import { RecordKey } from "../../schema/entities/record-key.js";
import type { Upload } from "../../schema/entities/upload.js";
import { AppError } from "../../schema/errors.js";
import type { JobPayload } from "../../schema/jobs.js";
import { UploadMode } from "../../schema/upload-mode.js";
import { advanceUpload, findUpload } from "../advance-upload.js";
import { openSealedUpload } from "../client-side/sealed-upload.js";
import type { Process, WorkerDeps } from "../deps.js";
import { dropUnlessKept } from "../drop-unless-kept.js";
import { encryptEvidence, type EncryptedEvidence } from "../legal-evidence.js";
import { openStagedObject } from "../staging.js";
import { storeKey } from "../store-key.js";

export type EncryptDeps = Pick<WorkerDeps, "database" | "objects" | "stagingKey" | "fileKeys">;

/**
 * PRICED → ENCRYPTED: the age payload under a fresh file key, its commitments, and the wrapped key; and the legal evidence alike. Every attempt has a key and an object
 * of its own; the one whose row is written wins. In client-side mode payload and key are the provider's; where custodians have the key, where its shares are is all that is stored. The file key leaves this call only wrapped. Throws SUITE_UNSUPPORTED, KEY_UNAVAILABLE, KEY_STORE_UNAVAILABLE.
 */
export const encrypt = (deps: EncryptDeps): Process<JobPayload<"encrypt">> => async ({ uploadId }) => {
  const { database, objects, stagingKey, fileKeys } = deps;
  const upload = await findUpload(database, uploadId, "PRICED");
  if (!upload) return;
  const { suite } = upload;
  assertSuite(suite);
  const target = `${stagingFolder(objects, upload)}/payload-${randomUUID()}`;
  const { fileKey, stored, commitments } = upload.mode === String(UploadMode.CLIENT_SIDE) ? await openSealedUpload(deps, upload) : await seal(deps, upload);
  let evidence: EncryptedEvidence | null = null;
  try {
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
        if (fileKey instanceof Uint8Array) await storeKey(manager, fileKeys, { recordId: upload.id, fileKey, suite });
        else await manager.getRepository(RecordKey).insert({ recordId: upload.id, suite, kekVersion: null, wrapped: fileKey });
        await evidence?.record(manager);
      },
    });
    if (!moved) for (const key of [target, evidence?.objectKey]) if (key !== undefined) await objects.delete(key);
  } catch (error) {
    await dropUnlessKept({ database, objects }, upload.id, target);
    throw error;
  } finally {
    if (fileKey instanceof Uint8Array) fileKey.fill(0);
    evidence?.fileKey.fill(0);
  }
};

async function seal({ objects, stagingKey }: EncryptDeps, upload: Upload): Promise<Sealing & { fileKey: Uint8Array }> {
  if (upload.objectKey === null) throw new AppError("CONFLICT", "The upload has no de-identified file.");
  const fileKey = newFileKey(nodeBackend);
  return { fileKey, ...encryptStream(nodeBackend, await openStagedObject(objects, stagingKey, upload, upload.objectKey), { fileKey }) };
}
