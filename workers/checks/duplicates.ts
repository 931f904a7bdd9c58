import { hkdfSync } from "node:crypto";
import type { DataSource } from "typeorm";
import { MinHash, nearDuplicate, recordFeatures, signatureLength, similarity, type RecordSource } from "../../records/index.js";
import type { RecordFormat } from "../../records/index.js";
import type { RecordSignature } from "../../schema/entities/record-signature.js";
import type { Upload } from "../../schema/entities/upload.js";
import { abandonedStatuses } from "../upload-status.js";
import type { CheckOutcome } from "./check-list.js";

/** A set of fewer features says too little: many would look alike. */
const fewest = 20;
/** Candidates that are compared. */
const limit = 1_000;

/** Whether others uploaded the same bytes: by the keyed content hash (D6). */
export async function checkExactDuplicate(database: DataSource, upload: Upload): Promise<CheckOutcome> {
  const rows = (await database.query("select listing_id from app.upload where content_hash = $1 and mode = 'PLATFORM' and id <> $2 and status <> all($3) order by created_at limit 100", [upload.contentHash, upload.id, abandonedStatuses])) as { listing_id: string | null }[];
  return { name: "exact-duplicate", outcome: rows.length === 0 ? "PASSED" : "FAILED", evidence: { sets: rows.length, listings: rows.flatMap(({ listing_id }) => listing_id ?? []) } };
}

/**
 * Of a client-side upload, whose content hash is keyed by a secret of its provider: only the very same ciphertext can be found again, as a buyer would send it
 * who sells on what was delivered.
 */
export async function checkSameCiphertext(database: DataSource, uploadId: string, ciphertextRoot: string): Promise<CheckOutcome> {
  const rows = (await database.query("select listing_id from app.upload where ciphertext_root = $1 and id <> $2 and status <> all($3) order by created_at limit 100", [ciphertextRoot, uploadId, abandonedStatuses])) as { listing_id: string | null }[];
  if (rows.length > 0) return { name: "exact-duplicate", outcome: "FAILED", evidence: { sets: rows.length, listings: rows.flatMap(({ listing_id }) => listing_id ?? []) } };
  return { name: "exact-duplicate", outcome: "UNAVAILABLE", evidence: { why: "the provider encrypted it: the platform does not see the content, only that nobody sent the same ciphertext" } };
}

/** The same for near duplicates, which are found by the content alone. */
export const nearDuplicateUnknown: CheckOutcome = { name: "near-duplicate", outcome: "UNAVAILABLE", evidence: { why: "the provider encrypted it: the platform does not see the content" } };

type Signature = Pick<RecordSignature, "features"> & { signature: number[]; bands: number[] };

/** @returns the signature of a de-identified file, under seeds that follow from the platform's key; null if it has too few features. */
export async function signatureOf(dedupKey: Uint8Array, format: RecordFormat, output: RecordSource): Promise<Signature | null> {
  const seeds = new Uint32Array(hkdfSync("sha256", dedupKey, new Uint8Array(0), "galen/v1/minhash", (signatureLength + 1) * 4));
  const sketch = new MinHash(seeds);
  for await (const feature of recordFeatures(format, output)) sketch.add(feature);
  return sketch.features < fewest ? null : { features: sketch.features, signature: sketch.signature, bands: sketch.bands };
}

/** Whether another set has nearly the same codes and values, whoever's it is. */
export async function checkNearDuplicate(database: DataSource, upload: Upload, sketch: Signature | null): Promise<CheckOutcome> {
  const name = "near-duplicate";
  if (sketch === null) return { name, outcome: "UNAVAILABLE", evidence: { why: `fewer than ${fewest} codes with values, or blocks of pixels` } };
  const rows = (await database.query(
    `select s.signature, u.listing_id from app.record_signature s join app.upload u on u.id = s.upload_id
     where s.bands && $1::bigint[] and u.id <> $2 and u.data_kind = $3 and u.status <> all($4) limit ${limit}`,
    [sketch.bands, upload.id, upload.dataKind, abandonedStatuses],
  )) as { signature: string[]; listing_id: string | null }[];
  const near = rows.map((row) => ({ listingId: row.listing_id, share: similarity(sketch.signature, row.signature.map(Number)) })).filter(({ share }) => share >= nearDuplicate);
  const highest = near.reduce((most, { share }) => Math.max(most, share), 0);
  return { name, outcome: near.length === 0 ? "PASSED" : "FAILED", evidence: { features: sketch.features, sets: near.length, ...(near.length > 0 ? { similarity: Math.round(highest * 100) / 100 } : {}), listings: near.flatMap(({ listingId }) => listingId ?? []) } };
}
