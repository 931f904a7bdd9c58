import { enqueueTransaction } from "../../platform/outbox/enqueue-transaction.js";
import { AppError } from "../../schema/errors.js";
import type { JobPayload } from "../../schema/jobs.js";
import { listingIdOf } from "../../schema/listing-id.js";
import { advanceUpload, findUpload } from "../advance-upload.js";
import type { Process, WorkerDeps } from "../deps.js";
import { encodeList, encodeListAnonymously, listingTerms } from "../listing-terms.js";
import type { StoredPrediction } from "../price-upload.js";

export type PublishDeps = Pick<WorkerDeps, "database" | "market">;

/** CONSENTED → SUBMITTED: puts the listing transaction into the outbox. The contract checks the provider's signature; `dispatch` hears its refusal. */
export const publish = ({ database, market }: PublishDeps): Process<JobPayload<"publish">> => async ({ uploadId }) => {
  const upload = await findUpload(database, uploadId, "CONSENTED");
  if (!upload) return;
  const { metadataHash, price, purposes, consentDeadline, consentSignature, listingId } = upload;
  const prediction = upload.prediction as StoredPrediction | null;
  if (metadataHash === null || price === null || purposes === null || consentDeadline === null || consentSignature === null || prediction === null) {
    throw new AppError("CONFLICT", "The upload has not all that a listing needs.");
  }
  const terms = listingTerms(upload, metadataHash);
  if (listingIdOf(terms) !== listingId) throw new AppError("COMMITMENT_MISMATCH", "The upload is not what its provider consented to.");
  const offer = { price, purposes: Number(purposes), p10: BigInt(prediction.p10), p50: BigInt(prediction.p50), p90: BigInt(prediction.p90), modelHash: prediction.modelHash };
  const encode = upload.anonymous ? encodeListAnonymously : encodeList;
  const data = encode(market.contract, terms, offer, consentDeadline, consentSignature);
  await advanceUpload(database, {
    upload,
    from: "CONSENTED",
    to: "SUBMITTED",
    told: { listingId },
    also: async (manager) => {
      await enqueueTransaction(manager, { purpose: `publish:${upload.id}`, role: "RELAYER", target: market.address, data });
    },
  });
};
