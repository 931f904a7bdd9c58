import { AbiCoder } from "ethers";
import { ringProofTypes } from "../../schema/ring-proof.js";
import { Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { marketNow, requireRole } from "../auth/accreditation.js";
import { consentTypedData, type Consent } from "../chain/consent.js";
import { isSignedBy } from "../chain/typed-data.js";
import type { ApiContext } from "../context.js";
import { parseMask, parseRange } from "../input/parse.js";
import { enqueue } from "../queue/enqueue.js";
import type { PublishInput } from "../types/upload.js";
import { requireOwnUpload } from "./own-upload.js";
import { recordUpload } from "./record-upload.js";

const maxUint64 = 2n ** 64n - 1n;
/** Consents are short-lived: whoever stole one could list at an old price. Seconds. */
const longestConsent = 30n * 86_400n;
/** The relayer needs time to send it. Seconds. */
const shortestConsent = 30n;

export interface ConsentInput {
  price: bigint;
  purposes: readonly number[];
  deadline: bigint;
}

/** @throws AppError BAD_INPUT */
export function parseConsent(listingId: string, input: ConsentInput): Consent {
  return {
    listingId,
    price: parseRange("price", input.price, 1n, maxUint64),
    purposes: BigInt(parseMask("purposes", input.purposes)),
    deadline: parseRange("deadline", input.deadline, 1n, 2n ** 53n),
  };
}

/** The contract checks the proof itself; here only its form is. @throws AppError BAD_INPUT */
function parseRingProof(proof: string): void {
  try {
    AbiCoder.defaultAbiCoder().decode(ringProofTypes, proof);
  } catch (cause) {
    throw new AppError("BAD_INPUT", "signature: not abi.encode(ring hash, ring signature)", { cause, details: { field: "signature" } });
  }
}

/**
 * Takes a provider's signed consent; the relayer lists it. The same consent again gives the same answer.
 * @throws AppError UNAUTHENTICATED, NOT_ACCREDITED, NOT_FOUND, CONFLICT, BAD_INPUT (also for a signature that is not the owner's)
 */
export async function publishListing(context: ApiContext, input: PublishInput): Promise<Upload> {
  const upload = await requireOwnUpload(context, input.uploadId);
  // Whoever proved to be of a ring is nobody's account: the contract checks the proof.
  if (upload.ringHash === null) await requireRole(context, Role.PROVIDER);
  const { deps } = context;
  if (upload.listingId === null) throw new AppError("CONFLICT", `The upload is ${upload.status}: it can be published once it is STORED.`);
  if (upload.stoppedAt !== null) throw new AppError("CONFLICT", "A patient withdrew from this set: upload it anew without the patient.");
  if (!(await context.loaders.legalEvidence.load(upload.id))?.objectKey) throw new AppError("CONFLICT", "The document that shows the legal basis is missing: upload the set anew, with it.");
  const consent = parseConsent(upload.listingId, input);
  const now = await marketNow(deps);
  if (consent.deadline < now + shortestConsent || consent.deadline > now + longestConsent) {
    throw new AppError("BAD_INPUT", `deadline: ${shortestConsent} seconds to ${longestConsent / 86_400n} days from now`, { details: { field: "deadline" } });
  }
  if (upload.anonymous) parseRingProof(input.signature);
  else if (!(await isSignedBy(deps.provider, consentTypedData(deps.market, consent), input.signature, upload.owner))) {
    throw new AppError("BAD_INPUT", "signature: not the provider's over this listing, price, purposes and deadline", { details: { field: "signature" } });
  }
  const published = await deps.database.transaction(async (manager) => {
    const [rows] = (await manager.query(
      `update app.upload set status = 'CONSENTED', price = $2, purposes = $3, consent_deadline = $4, consent_signature = $5, updated_at = now()
       where id = $1 and status = 'STORED' returning id`,
      [upload.id, consent.price.toString(), consent.purposes.toString(), consent.deadline.toString(), input.signature],
    )) as [unknown[], number];
    if (rows.length > 0) await recordUpload(manager, upload, { status: "CONSENTED" });
    return manager.getRepository(Upload).findOneByOrFail({ id: upload.id });
  });
  const isThisConsent = published.price === consent.price && published.purposes === consent.purposes && published.consentDeadline === consent.deadline;
  if (!isThisConsent || !["CONSENTED", "SUBMITTED"].includes(published.status)) throw new AppError("CONFLICT", `The upload is ${published.status}: it can be published once, when it is STORED.`);
  if (published.status === "CONSENTED") await enqueue(deps, "publish", published.id, { uploadId: published.id });
  return published;
}
