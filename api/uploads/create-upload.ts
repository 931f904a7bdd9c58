import { randomUUID } from "node:crypto";
import { nodeBackend } from "../../crypto/backend/node.js";
import { plainSizeOf } from "../../crypto/envelope/sizes.js";
import { newStagingKey } from "../../crypto/sealed-staging.js";
import { wrapStagingKey } from "../../crypto/staging-key.js";
import { Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { UploadMode } from "../../schema/upload-mode.js";
import { requireRole } from "../auth/accreditation.js";
import type { ApiContext } from "../context.js";
import { parseAddress, parseHash, parseRange, parseText } from "../input/parse.js";
import type { UploadInput } from "../types/upload.js";
import { requireQuota } from "./quota.js";
import { recordUpload } from "./record-upload.js";
import { requireRingMember, takeRingSlot } from "./require-ring-member.js";

/** @throws AppError UNAUTHENTICATED, NOT_ACCREDITED, FILE_EMPTY, FILE_TOO_LARGE, BAD_INPUT, QUOTA_EXCEEDED; with a ring proof also FORBIDDEN, CONFLICT, RATE_LIMITED */
export async function createUpload(context: ApiContext, input: UploadInput, ringProof: string | null = null): Promise<Upload> {
  const member = ringProof === null ? null : await requireRingMember(context, parseRingProof(ringProof, input));
  const { account } = member ?? (await requireRole(context, Role.PROVIDER));
  const { database, keys, maxUploadBytes, uploadQuota } = context.deps;
  if (input.size === 0n) throw new AppError("FILE_EMPTY", "The file has no bytes.");
  if (input.size > BigInt(maxUploadBytes)) throw new AppError("FILE_TOO_LARGE", `A file has at most ${maxUploadBytes} bytes.`, { details: { limit: maxUploadBytes } });
  if (input.anonymous && member === null && (input.payee ?? account).toLowerCase() === account) {
    throw new AppError("BAD_INPUT", "payee: an anonymous listing is paid to a one-time address, not to the owner", { details: { field: "payee" } });
  }
  if (input.mode === UploadMode.CLIENT_SIDE) requireSealable(input);
  const id = randomUUID();
  const values = {
    id,
    owner: account,
    status: "CREATED",
    mode: input.mode,
    size: parseRange("size", input.size, 1n, BigInt(Number.MAX_SAFE_INTEGER)),
    region: parseRange("region", input.region, 1, 999),
    anonymous: input.anonymous,
    ringHash: member?.ringHash ?? null,
    review: input.review,
    notes: input.notes,
    payee: input.payee === null || input.payee === undefined ? account : parsePayee(input.payee),
    legalBasis: input.legalWords === null || input.legalWords === undefined ? "" : parseText("legalWords", input.legalWords, 500),
    legalBasisCode: input.legalBasis,
    legalEvidenceHash: parseHash("legalEvidenceHash", input.legalEvidenceHash),
    suite: input.suite,
    stagingKey: Buffer.from(wrapStagingKey(nodeBackend, keys.staging, id, newStagingKey(nodeBackend))),
  };
  return database.transaction(async (manager) => {
    await requireQuota(manager, uploadQuota, account, values.size);
    if (member !== null) await takeRingSlot(manager, member);
    await manager.getRepository(Upload).insert(values);
    await recordUpload(manager, values, { status: "CREATED" });
    return manager.getRepository(Upload).findOneByOrFail({ id });
  });
}

/** Who shows no name to the platform shows it no source either. @throws AppError BAD_INPUT */
function parseRingProof(ringProof: string, { anonymous, mode }: UploadInput): string {
  if (!anonymous || mode !== UploadMode.CLIENT_SIDE) throw new AppError("BAD_INPUT", "ringProof: for anonymous uploads of client-side mode", { details: { field: "ringProof" } });
  return parseText("ringProof", ringProof, 10_000);
}

/** @throws AppError BAD_INPUT */
function requireSealable({ size, review }: UploadInput): void {
  if (review) throw new AppError("BAD_INPUT", "review: in client-side mode the report is looked at before anything is sent", { details: { field: "review" } });
  try {
    plainSizeOf(Number(size));
  } catch (cause) {
    throw new AppError("BAD_INPUT", "size: no encrypted file has it", { cause, details: { field: "size" } });
  }
}

function parsePayee(value: string): string {
  const payee = parseAddress("payee", value);
  if (BigInt(payee) === 0n) throw new AppError("BAD_INPUT", "payee: the zero address cannot be paid", { details: { field: "payee" } });
  return payee;
}
