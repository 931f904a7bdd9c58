import { createHmac } from "node:crypto";
import { keccak256 } from "ethers";
import { nodeBackend } from "../../crypto/backend/node.js";
import { canonicalJson } from "../../crypto/canonical-json.js";
import { single } from "../../platform/objects/single.js";
import { collect } from "../../records/index.js";
import { LegalEvidence } from "../../schema/entities/legal-evidence.js";
import { Metadata } from "../../schema/entities/metadata.js";
import { AppError } from "../../schema/errors.js";
import type { JobPayload } from "../../schema/jobs.js";
import { listingIdOf } from "../../schema/listing-id.js";
import { advanceUpload, findUpload } from "../advance-upload.js";
import type { CheckOutcome } from "../checks/check-list.js";
import { recordChecks } from "../checks/record-checks.js";
import type { Process, WorkerDeps } from "../deps.js";
import { dropUnlessKept } from "../drop-unless-kept.js";
import { listingTerms } from "../listing-terms.js";
import { listingMetadata } from "../listing-metadata.js";
import { signedManifest } from "../signed-manifest.js";
import { deleteStaging } from "../staging.js";

export type StoreDeps = Pick<WorkerDeps, "database" | "objects" | "dedupKey" | "signingKey">;

/**
 * ENCRYPTED → STORED: the payload's place for good, the metadata by its hash, the listing's id; then nothing staged is left, nor its key.
 * The names of both objects follow from the upload, so that a second run writes the same ones.
 */
export const store = ({ database, objects, dedupKey, signingKey }: StoreDeps): Process<JobPayload<"store">> => async ({ uploadId }) => {
  const upload = await findUpload(database, uploadId, "ENCRYPTED");
  if (!upload) return;
  const { objectKey, objectSize } = upload;
  if (objectKey === null || objectSize === null) throw new AppError("CONFLICT", "The upload has no payload.");

  const body = canonicalJson(listingMetadata(upload, signedManifest(nodeBackend, upload, signingKey())));
  const metadataHash = keccak256(body);
  const terms = listingTerms(upload, metadataHash);
  const target = objects.place(upload.region) + recordObject(dedupKey, upload.id);

  const evidence = await database.getRepository(LegalEvidence).findOneBy({ uploadId: upload.id });
  const evidenceTarget = evidence && objects.place(upload.region) + recordObject(dedupKey, evidence.evidenceId);
  /** Withdrawn meanwhile, or stored by another run. */
  const leave = async (): Promise<void> => {
    for (const key of [target, evidenceTarget]) if (key !== null) await dropUnlessKept({ database, objects }, upload.id, key);
  };
  let written: number;
  try {
    if (evidence?.objectKey != null && evidenceTarget !== null) await objects.put(evidenceTarget, (await objects.get(evidence.objectKey)).body);
    written = await objects.put(target, (await objects.get(objectKey)).body);
  } catch (error) {
    // What was staged was removed while this run was about to read it.
    if (error instanceof AppError && error.code === "OBJECT_NOT_FOUND" && (await findUpload(database, uploadId, "ENCRYPTED")) === null) return leave();
    throw error;
  }
  if (BigInt(written) !== objectSize) throw new AppError("OBJECT_STORE_UNAVAILABLE", "The payload was not copied whole.");
  await objects.put(`metadata/${metadataHash}`, single(body));
  const checked: CheckOutcome = { name: "metadata-hash", outcome: keccak256(await collect((await objects.get(`metadata/${metadataHash}`)).body)) === metadataHash ? "PASSED" : "FAILED", evidence: { metadataHash } };
  if (checked.outcome === "FAILED") throw new AppError("OBJECT_STORE_UNAVAILABLE", "The metadata was not stored whole.");

  const moved = await advanceUpload(database, {
    upload,
    from: "ENCRYPTED",
    to: "STORED",
    set: { objectKey: target, metadataHash, listingId: listingIdOf(terms), stagingKey: null },
    also: async (manager) => {
      await recordChecks(manager, upload.id, [checked]);
      if (evidence?.objectKey != null) await manager.getRepository(LegalEvidence).update({ uploadId: upload.id }, { objectKey: evidenceTarget });
      await manager.createQueryBuilder().insert().into(Metadata).values({ hash: metadataHash, body: new TextDecoder().decode(body) }).orIgnore().execute();
    },
  });
  if (!moved) await leave();
  await deleteStaging(objects, upload);
};

/** A name that tells nobody which upload, listing or provider it belongs to, and that a second run finds again. */
const recordObject = (dedupKey: Uint8Array, uploadId: string): string =>
  `records/${createHmac("sha256", dedupKey).update(`galen/v1/record-object\n${uploadId}`).digest("hex")}`;
