import type { DataSource } from "typeorm";
import { nodeBackend } from "../crypto/backend/node.js";
import { signErasure, signSharedErasure, type Erasure } from "../crypto/custody/erasure.js";
import type { SharesDocument } from "../crypto/custody/shares-document.js";
import { parseWrappedKey } from "../crypto/custody/wrapped-key.js";
import type { Signed } from "../crypto/signed.js";
import type { ObjectStore } from "../platform/objects/object-store.js";
import { single } from "../platform/objects/single.js";
import { collect } from "../records/index.js";
import { LegalEvidence } from "../schema/entities/legal-evidence.js";
import { RecordKey } from "../schema/entities/record-key.js";
import { Upload } from "../schema/entities/upload.js";
import { AppError } from "../schema/errors.js";
import { destroyKey } from "./destroy-key.js";
import { isErasedWithRecord } from "./legal-evidence.js";
import { revokeGrants } from "./dispatch/revoke-grants.js";

export interface EraseRecordDeps {
  database: DataSource;
  objects: ObjectStore;
  /** 32-byte Ed25519 seed: signs the certificate. */
  signingKey: Uint8Array;
}

/**
 * Erases a record for good, with the patients' consent that it came with: its wrapping key is destroyed, headers that were given out are taken back, the object is deleted, and a signed certificate says
 * so. The certificate also stands in the object store as `erasures/<record id>`: the list that is applied before any backup of keys is used (D8).
 * Erasing again gives the certificate of the first time. A listing that is still open is delisted by its provider, on the chain.
 * @throws AppError NOT_FOUND
 */
export async function eraseRecord({ database, objects, signingKey }: EraseRecordDeps, recordId: string): Promise<Signed<Erasure>> {
  const name = `erasures/${recordId}`;
  const row = await database.getRepository(RecordKey).findOneBy({ recordId });
  if (!row) throw new AppError("NOT_FOUND", "No such record.");
  if (row.wrapped !== null) {
    // The certificate comes first, for it needs what is destroyed next; it is worth nothing to anybody before the key is gone.
    const certificate =
      row.kekVersion === null
        ? signSharedErasure(nodeBackend, { recordId, suite: row.suite, document: row.wrapped as SharesDocument }, new Date(), signingKey)
        : signErasure(nodeBackend, parseWrappedKey(row.wrapped), new Date(), signingKey);
    await objects.put(name, single(new TextEncoder().encode(JSON.stringify(certificate))));
    await destroyKey(database, recordId, certificate.body.erasedAt);
  }
  const upload = await database.getRepository(Upload).findOneBy({ id: recordId });
  const evidence = upload && isErasedWithRecord(upload) ? await database.getRepository(LegalEvidence).findOneBy({ uploadId: recordId }) : null;
  if (evidence) await destroyKey(database, evidence.evidenceId);
  await revokeGrants(database);
  if (evidence?.objectKey != null) {
    await objects.delete(evidence.objectKey);
    await database.getRepository(LegalEvidence).update({ uploadId: recordId }, { objectKey: null });
  }
  if (upload?.objectKey != null) {
    await objects.delete(upload.objectKey);
    await database.getRepository(Upload).update({ id: recordId, objectKey: upload.objectKey }, { objectKey: null });
  }
  return JSON.parse(new TextDecoder().decode(await collect((await objects.get(name)).body))) as Signed<Erasure>;
}
