import { operation } from "./operation.js";
import type { Money } from "./market.js";

export interface PricePrediction {
  p10: Money;
  p50: Money;
  p90: Money;
  modelVersion: string;
  modelHash: string;
  thinData: boolean;
  reasons: { feature: string; text: string }[];
}

export interface Upload {
  id: string;
  status: string;
  mode: string;
  size: string;
  received: string;
  uploadUrl: string;
  evidenceUrl: string;
  format: string | null;
  dataKind: string | null;
  error: { code: string; message: string } | null;
  report: unknown;
  profile: unknown;
  prediction: PricePrediction | null;
  anonymous: boolean;
  contentHash: string | null;
  deidentifiedSha256: string | null;
  plaintextRoot: string | null;
  ciphertextRoot: string | null;
  listingId: string | null;
}

const money = "{ amount currency decimals decimal }";
const fields = `id status mode size received uploadUrl evidenceUrl format dataKind error { code message } report profile prediction { p10 ${money} p50 ${money} p90 ${money} modelVersion modelHash thinData reasons { feature text } } anonymous contentHash deidentifiedSha256 plaintextRoot ciphertextRoot listingId`;

export interface UploadInput {
  size: string;
  region: number;
  legalBasis: "CONSENT" | "LAW" | "ETHICS_APPROVAL";
  legalWords?: string;
  legalEvidenceHash: string;
  payee?: string;
  suite?: string;
  anonymous?: boolean;
  mode?: "PLATFORM" | "CLIENT_SIDE";
  notes?: boolean;
  /** Wait, once it is de-identified, for `approveDeidentification`. */
  review?: boolean;
}

export const createUpload = operation<{ createUpload: Upload }, { input: UploadInput }>(`mutation CreateUpload($input: UploadInput!) { createUpload(input: $input) { ${fields} } }`);

/** By a one-time account. `ringProof`: of `ringUploadProof`. */
export const createAnonymousUpload = operation<{ createAnonymousUpload: Upload }, { input: UploadInput; ringProof: string }>(
  `mutation CreateAnonymousUpload($input: UploadInput!, $ringProof: String!) { createAnonymousUpload(input: $input, ringProof: $ringProof) { ${fields} } }`,
);

/** What file keys of client-side uploads are wrapped for. */
export const custodyRecipient = operation<{ custodyRecipient: { version: number; recipient: string } }, Record<string, never>>("query CustodyRecipient { custodyRecipient { version recipient } }");

export interface ToldCustodians {
  threshold: number;
  custodians: { name: string; url: string; recipient: string; publicKey: string }[];
}

/** Who keeps shares of file keys; null where the platform's custody is the only one. */
export const custodians = operation<{ custodians: ToldCustodians | null }, Record<string, never>>("query Custodians { custodians { threshold custodians { name url recipient publicKey } } }");

export const statementToSign = operation<{ upload: { statementUrl: string | null; statementTypedData: unknown } | null }, { id: string; digest: string }>(
  "query StatementToSign($id: ID!, $digest: ID!) { upload(id: $id) { statementUrl statementTypedData(digest: $digest) } }",
);

/** @param sha256 - `deidentifiedSha256` of the file that was looked at */
export const approveDeidentification = operation<{ approveDeidentification: Upload }, { id: string; sha256: string }>(
  `mutation ApproveDeidentification($id: ID!, $sha256: String!) { approveDeidentification(id: $id, sha256: $sha256) { ${fields} } }`,
);

export const withdrawUpload = operation<{ withdrawUpload: Upload }, { id: string }>(`mutation WithdrawUpload($id: ID!) { withdrawUpload(id: $id) { ${fields} } }`);

export const upload = operation<{ upload: Upload | null }, { id: string }>(`query Upload($id: ID!) { upload(id: $id) { ${fields} } }`);

export const myUploads = operation<{ myUploads: Upload[] }, Record<string, never>>(`query MyUploads { myUploads { ${fields} } }`);

/** What an account may upload, and what is left; null where there is no limit. */
export interface UploadQuota {
  bytesPerDay: string | null;
  bytesLeft: string | null;
  uploadsPerDay: number | null;
  uploadsLeft: number | null;
  atOnce: number | null;
  atOnceLeft: number | null;
}

export const uploadQuota = operation<{ uploadQuota: UploadQuota }, Record<string, never>>(`query UploadQuota { uploadQuota { bytesPerDay bytesLeft uploadsPerDay uploadsLeft atOnce atOnceLeft } }`);

/** SHA-256 of the receipts whose holders withdrew, in hexadecimal. */
export const withdrawnReceipts = operation<{ upload: { withdrawnReceipts: string[] } | null }, { id: string }>(`query WithdrawnReceipts($id: ID!) { upload(id: $id) { withdrawnReceipts } }`);

export const uploadProgress = operation<{ uploadProgress: Upload }, { id: string }>(`subscription UploadProgress($id: ID!) { uploadProgress(id: $id) { ${fields} } }`);

export const consent = operation<{ upload: { consent: unknown } | null }, { id: string; price: string; purposes: string[]; deadline: string }>(
  `query Consent($id: ID!, $price: BigInt!, $purposes: [Purpose!]!, $deadline: BigInt!) { upload(id: $id) { consent(price: $price, purposes: $purposes, deadline: $deadline) } }`,
);

export const publishListing = operation<{ publishListing: Upload }, { input: { uploadId: string; price: string; purposes: string[]; deadline: string; signature: string } }>(
  `mutation PublishListing($input: PublishInput!) { publishListing(input: $input) { ${fields} } }`,
);

export const pricePrediction = operation<{ pricePrediction: PricePrediction }, { input: object }>(
  `query PricePrediction($input: PriceInput!) { pricePrediction(input: $input) { p10 ${money} p50 ${money} p90 ${money} modelVersion modelHash thinData reasons { feature text } } }`,
);

/** Has a listed record erased for good. */
export const eraseRecord = operation<{ eraseRecord: { upload: { listingId: string } } }, { uploadId: string }>(
  "mutation EraseRecord($uploadId: ID!) { eraseRecord(uploadId: $uploadId) { upload { listingId } } }",
);

/** The platform's signed word that a record was erased; null until it is. */
export const erasureCertificate = operation<{ upload: { erasureCertificate: object | null } | null }, { id: string }>("query ErasureCertificate($id: ID!) { upload(id: $id) { erasureCertificate } }");
