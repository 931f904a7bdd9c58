import { randomUUID } from "node:crypto";
import type { DataSource, EntityManager } from "typeorm";
import { nodeBackend } from "../crypto/backend/node.js";
import type { KeyWrapper } from "../crypto/custody/key-wrapper.js";
import { encryptStream, newFileKey } from "../crypto/envelope/encrypt-stream.js";
import { openEvidence } from "../crypto/legal-evidence.js";
import type { Suite } from "../crypto/suite-names.js";
import type { ObjectStore } from "../platform/objects/object-store.js";
import { stagedEvidence, stagingFolder } from "../platform/objects/staging-folder.js";
import { collect } from "../records/index.js";
import { LegalEvidence } from "../schema/entities/legal-evidence.js";
import type { Upload } from "../schema/entities/upload.js";
import { LegalBasis } from "../schema/legal-basis.js";
import { storeKey } from "./store-key.js";
import { openStagedObject } from "./staging.js";

/** @returns what an upload's document is, read from the staged bytes and held to the hash; null if none was sent. @throws AppError COMMITMENT_MISMATCH, OBJECT_NOT_FOUND */
export async function readStagedEvidence(objects: ObjectStore, stagingKey: Uint8Array, upload: Upload): Promise<Uint8Array | null> {
  const objectKey = `${stagingFolder(objects, upload)}/${stagedEvidence}`;
  if (!(await objects.head(objectKey))) return null;
  const sealed = await collect(await openStagedObject(objects, stagingKey, upload, objectKey));
  openEvidence(sealed, upload.legalEvidenceHash);
  return sealed;
}

export interface EncryptedEvidence {
  /** Where this attempt put it. */
  objectKey: string;
  /** To be overwritten at the job's end. */
  fileKey: Uint8Array;
  /** Writes object and wrapped key, in the step's transaction. */
  record(manager: EntityManager): Promise<void>;
}

/** Encrypts an upload's document as records are, under a key of its own. Each attempt has its own key and object. @returns null if there is none */
export async function encryptEvidence(
  { database, objects, stagingKey, fileKeys }: { database: DataSource; objects: ObjectStore; stagingKey: Uint8Array; fileKeys: KeyWrapper },
  upload: Upload,
  suite: Suite,
): Promise<EncryptedEvidence | null> {
  const evidence = await database.getRepository(LegalEvidence).findOneBy({ uploadId: upload.id });
  const sealed = evidence && (await readStagedEvidence(objects, stagingKey, upload));
  if (!evidence || !sealed) return null;
  const objectKey = `${stagingFolder(objects, upload)}/evidence-${randomUUID()}`;
  const fileKey = newFileKey(nodeBackend);
  const objectSize = BigInt(await objects.put(objectKey, encryptStream(nodeBackend, [sealed], { fileKey }).stored));
  return {
    objectKey,
    fileKey,
    async record(manager) {
      await storeKey(manager, fileKeys, { recordId: evidence.evidenceId, fileKey, suite });
      await manager.getRepository(LegalEvidence).update({ uploadId: upload.id }, { objectKey, objectSize });
    },
  };
}

/** Whether the document goes with its record: a consent is about the patients; what shows that past sales were lawful stays. */
export const isErasedWithRecord = ({ legalBasisCode }: Pick<Upload, "legalBasisCode">): boolean => legalBasisCode === null || legalBasisCode === String(LegalBasis.CONSENT);
