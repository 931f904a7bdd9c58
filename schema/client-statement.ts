import { z } from "zod";
import { AppError } from "./errors.js";

/** Largest body that carries a statement, in bytes. */
export const maxStatementBytes = 2 << 20;

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const format = z.enum(["FHIR_JSON", "FHIR_NDJSON", "HL7V2", "CSV", "DICOM", "IMAGE", "NOTE", "ARCHIVE"]);
const action = z.enum(["removed", "shifted", "pseudonymised", "generalised", "kept"]);
/** Sentences of the rules' own: printable, and short. */
const sentence = z.string().max(600).regex(/^[\x20-\x7e]*$/);
/** Codes and names of the standards, and nothing longer. */
const name = z.string().min(1).max(80).regex(/^[\w.^:/&-]+$/);
const system = z.string().min(1).max(200).regex(/^[\w.:/#-]+$/);

const report = z.strictObject({
  format,
  rulesVersion: z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/),
  rulesHash: z.string().regex(/^[0-9a-f]{64}$/),
  records: z.int().min(1),
  patients: count,
  totals: z.strictObject({ removed: count, shifted: count, pseudonymised: count, generalised: count, kept: count }),
  rules: z.array(z.strictObject({ rule: z.string().max(80).regex(/^[\w.-]+$/), action, where: z.string().max(160).regex(/^[\w .,()[\]^:-]+$/), count: z.int().min(1) })).max(20_000),
  risk: z.strictObject({ k: count.nullable(), smallestClass: count.nullable(), uniqueShare: share.nullable(), utilityLoss: share.nullable(), explanation: sentence }),
  warnings: z.array(sentence).max(32),
  members: z.partialRecord(format, z.int().min(1)).optional(),
});

const profile = z.strictObject({
  format,
  bytes: z.int().min(1),
  recordCount: count,
  patientCount: count,
  patientCountSuppressed: z.boolean(),
  modalities: z.array(z.string().max(40).regex(/^[A-Z][A-Z_]*(:[A-Z0-9]{1,16})?$/)).max(64),
  resourceTypes: z.array(z.strictObject({ name, count: z.int().min(1) })).max(200),
  codeSystems: z.array(z.strictObject({ system, count: z.int().min(1) })).max(200),
  topConditions: z.array(z.strictObject({ system, code: z.string().min(1).max(40).regex(/^[\w.-]+$/), count: z.int().min(5) })).max(64),
  completeness: share,
  spanYears: z.number().min(0).max(300),
  newestYear: z.int().min(1800).max(3000).nullable(),
  image: z
    .strictObject({
      modality: z.string().max(16).regex(/^[A-Z0-9]*$/),
      bodyPart: z.string().max(32).regex(/^[A-Z0-9 _]*$/),
      rows: count, columns: count, frames: count, bitsAllocated: count,
      transferSyntax: z.string().max(64).regex(/^[\w./-]*$/),
      pixelBytes: count,
    })
    .nullable(),
});

const patterns = z.strictObject({ "e-mail address": count.optional(), "phone number": count.optional(), "social security number": count.optional() });
const why = sentence.optional();
const outcome = z.enum(["PASSED", "FAILED", "UNAVAILABLE"]);

/** The checks that need plain text, each of them once, in this order: what the provider's own machine found. */
const checks = z.tuple([
  z.strictObject({ name: z.literal("residual-identifiers"), outcome, evidence: z.strictObject({ lookedFor: count.optional(), found: count.optional(), patterns: patterns.optional(), why }) }),
  z.strictObject({ name: z.literal("format-conformance"), outcome, evidence: z.strictObject({ format, records: count.optional(), secondParser: z.null().optional(), why }) }),
  z.strictObject({ name: z.literal("completeness"), outcome, evidence: z.strictObject({ completeness: share, atLeast: share }) }),
]);

/**
 * What a provider of client-side mode says and signs about an upload: all that the platform learns of a record that it never sees. Strict to the last field,
 * so that nothing of the record can travel in it by mistake.
 */
export const clientStatement = z.strictObject({
  version: z.literal(1),
  uploadId: z.uuid(),
  suite: z.enum(["age-v1/mlkem768x25519", "age-v1/x25519"]),
  /** HMAC under a secret of the provider's own: it tells the same content of the same provider, and of nobody else. */
  contentHash: hash,
  /** keccak256 of the age header that carries the file key; of threshold custody, of the document with the shares' commitments. */
  keyHeaderHash: hash,
  commitments: z.strictObject({ ciphertextRoot: hash, plaintextRoot: hash, keyCommitment: hash, plainSize: z.int().min(1), storedSize: z.int().min(1) }),
  report,
  profile,
  checks,
});

/** How it is sent: with the owner's signature, and the file key in an age header for the platform's custody, or the document that says where its shares are. */
export const signedClientStatement = z.strictObject({
  statement: clientStatement,
  signature: z.string().max(8_194).regex(/^0x([0-9a-fA-F]{2})+$/),
  /** Base64. */
  keyHeader: z.base64().max(8_192),
});

export type ClientStatement = z.infer<typeof clientStatement>;
export type SignedClientStatement = z.infer<typeof signedClientStatement>;

/** @param what - is wrong with the field, without what stands there */
export const statementInvalid = (field: string, what: string, cause?: unknown): AppError => new AppError("STATEMENT_INVALID", `${field}: ${what}`, { cause, details: { field } });
