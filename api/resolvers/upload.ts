import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { CustodyRecipient, Upload, type CheckResult, type Listing } from "../../schema/entities/index.js";
import type { Custodians } from "../../schema/custody.js";
import { AppError } from "../../schema/errors.js";
import { LegalBasis } from "../../schema/legal-basis.js";
import { Purpose, Role } from "../../schema/market.js";
import { UploadMode } from "../../schema/upload-mode.js";
import { clientStatementTypedData } from "../chain/client-statement.js";
import { consentTypedData } from "../chain/consent.js";
import { requireViewer, type ApiContext } from "../context.js";
import { parseHash } from "../input/parse.js";
import { showPrediction } from "../price/predictor.js";
import { For } from "../rules/rule.js";
import { accredited, ownSession, ownRows, signedIn } from "../rules/rules.js";
import { LegalEvidenceType, showEvidence } from "../types/legal-evidence.js";
import { Check, withoutOthers } from "../types/check.js";
import { ListingType } from "../types/listing.js";
import { BigIntScalar, JsonScalar } from "../types/scalars.js";
import type { PreparedTransaction } from "../types/step.js";
import { ErasureRequest } from "../types/trade-steps.js";
import { UploadQuota } from "../types/upload-quota.js";
import { CustodiansType, CustodyRecipientType, PricePrediction, PublishInput, UploadError, UploadInput, UploadType } from "../types/upload.js";
import { approveDeidentification } from "../uploads/approve-deidentification.js";
import { createUpload } from "../uploads/create-upload.js";
import { eraseRecord } from "../uploads/erase-record.js";
import { findOwnUpload } from "../uploads/own-upload.js";
import { parseConsent, publishListing } from "../uploads/publish-listing.js";
import { readQuota, showQuota } from "../uploads/quota.js";
import { readJsonObject } from "../uploads/read-json-object.js";
import { resubmit } from "../uploads/resubmit.js";
import { withdrawUpload } from "../uploads/withdraw-upload.js";

@Resolver(() => UploadType)
export class UploadResolver {
  @For(ownRows("the account itself"))
  @Query(() => [UploadType], { description: "The viewer's uploads, newest first (at most 200)." })
  async myUploads(@Ctx() context: ApiContext): Promise<Upload[]> {
    const { account } = requireViewer(context);
    return context.deps.database.getRepository(Upload).find({ where: { owner: account }, order: { createdAt: "DESC", id: "ASC" }, take: 200 });
  }

  @For(ownRows("its owner"))
  @Query(() => UploadType, { nullable: true, description: "One of the viewer's uploads; null for any other." })
  async upload(@Arg("id", () => ID, { description: "Its id." }) id: string, @Ctx() context: ApiContext): Promise<Upload | null> {
    return findOwnUpload(context, id);
  }

  @For(ownRows("the account itself"))
  @Query(() => UploadQuota, { description: "What the viewer may still upload." })
  async uploadQuota(@Ctx() context: ApiContext): Promise<UploadQuota> {
    const { account } = requireViewer(context);
    return showQuota(await readQuota(context.deps.database, context.deps.uploadQuota, account));
  }

  @For(signedIn)
  @Query(() => CustodyRecipientType, { description: "What file keys of client-side uploads are wrapped for. Errors: NOT_READY before the first workers have started." })
  async custodyRecipient(@Ctx() { deps }: ApiContext): Promise<CustodyRecipient> {
    const [newest] = await deps.database.getRepository(CustodyRecipient).find({ order: { version: "DESC" }, take: 1 });
    if (!newest) throw new AppError("NOT_READY", "The workers have not told their recipient yet.");
    return newest;
  }

  @For(signedIn)
  @Query(() => CustodiansType, { nullable: true, description: "Who can keep the file keys of client-side uploads in place of the platform, in shares; null where nobody does." })
  custodians(@Ctx() { deps }: ApiContext): Custodians | null {
    return deps.custodians;
  }

  @For(accredited(Role.PROVIDER))
  @Mutation(() => UploadType, { description: "Opens an upload for an accredited provider; send the bytes to `uploadUrl` by tus. Errors: NOT_ACCREDITED, FILE_EMPTY, FILE_TOO_LARGE, BAD_INPUT, QUOTA_EXCEEDED." })
  async createUpload(@Arg("input", () => UploadInput, { description: "What will be uploaded." }) input: UploadInput, @Ctx() context: ApiContext): Promise<Upload> {
    return createUpload(context, input);
  }

  @For(ownSession)
  @Mutation(() => UploadType, { description: "Opens an anonymous upload of client-side mode for a one-time account that is no participant, on proof that a member of a ring stands behind it; who that is, nobody learns. A ring begins as many in an epoch as it may open listings. Errors: NOT_ACCREDITED, BAD_INPUT, CONFLICT (the slot was used), QUOTA_EXCEEDED, RATE_LIMITED, FILE_EMPTY, FILE_TOO_LARGE." })
  async createAnonymousUpload(
    @Arg("input", () => UploadInput, { description: "What will be uploaded: `anonymous`, in mode CLIENT_SIDE." }) input: UploadInput,
    @Arg("ringProof", () => String, { description: "abi.encode(bytes32 ringHash, uint64 epoch, uint16 slot, (uint256 imageX, uint256 imageY, uint256 challenge, uint256[] responses)), see docs/ring-signature.md." }) ringProof: string,
    @Ctx() context: ApiContext,
  ): Promise<Upload> {
    return createUpload(context, input, ringProof);
  }

  @For(ownRows("its owner"))
  @Mutation(() => UploadType, { description: "Takes an upload back before it is published: bytes and keys are destroyed. Errors: NOT_FOUND, CONFLICT." })
  async withdrawUpload(@Arg("id", () => ID, { description: "The upload." }) id: string, @Ctx() context: ApiContext): Promise<Upload> {
    return withdrawUpload(context, id);
  }

  @For(ownRows("its owner, accredited as PROVIDER, or who began it by a ring's proof"))
  @Mutation(() => UploadType, { description: "Consents to list an upload that is STORED; the platform's relayer submits it. Errors: NOT_ACCREDITED, NOT_FOUND, CONFLICT, BAD_INPUT." })
  async publishListing(@Arg("input", () => PublishInput, { description: "The signed consent." }) input: PublishInput, @Ctx() context: ApiContext): Promise<Upload> {
    return publishListing(context, input);
  }

  @For(ownRows("its owner"))
  @Mutation(() => UploadType, { description: "Says that the owner has looked at the report of the de-identification: an upload with `review` goes on. Errors: NOT_FOUND, CONFLICT, COMMITMENT_MISMATCH." })
  async approveDeidentification(
    @Arg("id", () => ID, { description: "The upload." }) id: string,
    @Arg("sha256", () => String, { description: "`deidentifiedSha256` of the file that was looked at." }) sha256: string,
    @Ctx() context: ApiContext,
  ): Promise<Upload> {
    return approveDeidentification(context, id, sha256);
  }

  @For(ownRows("its owner"))
  @Mutation(() => UploadType, { description: "Makes the record of a rejected or delisted listing ready to be listed again, under a new id that names the old one; then publishListing. Errors: NOT_FOUND, CONFLICT." })
  async resubmit(@Arg("listingId", () => ID, { description: "The old listing." }) listingId: string, @Ctx() context: ApiContext): Promise<Upload> {
    return resubmit(context, parseHash("listingId", listingId));
  }

  @For(ownRows("its owner"))
  @Mutation(() => ErasureRequest, { description: "Has a listed record erased for good: its key is destroyed, its bytes deleted, and a signed certificate says so. Errors: NOT_FOUND, CONFLICT." })
  async eraseRecord(@Arg("uploadId", () => ID, { description: "The record's upload." }) uploadId: string, @Ctx() context: ApiContext): Promise<{ upload: Upload; delist: PreparedTransaction | null }> {
    return eraseRecord(context, uploadId);
  }

  @FieldResolver(() => String, { description: "Where to send the bytes by tus 1.0, with the access token." })
  uploadUrl(@Root() upload: Upload, @Ctx() { deps }: ApiContext): string {
    return `${deps.publicUrl}/uploads/${upload.id}`;
  }

  @FieldResolver(() => String, { description: "Where to PUT the 32 random bytes and the legal evidence (PDF or text), with the access token, before the record's last byte." })
  evidenceUrl(@Root() upload: Upload, @Ctx() { deps }: ApiContext): string {
    return `${deps.publicUrl}/evidence/${upload.id}`;
  }

  @FieldResolver(() => String, { nullable: true, description: "Where to PUT the signed statement of a client-side upload, with the access token, before the record's last byte; null in other modes." })
  statementUrl(@Root() upload: Upload, @Ctx() { deps }: ApiContext): string | null {
    return upload.mode === String(UploadMode.CLIENT_SIDE) ? `${deps.publicUrl}/statements/${upload.id}` : null;
  }

  @FieldResolver(() => JsonScalar, { nullable: true, description: "EIP-712 typed data of a client-side upload's statement, for eth_signTypedData_v4; null in other modes. Errors: BAD_INPUT." })
  statementTypedData(@Root() upload: Upload, @Arg("digest", () => ID, { description: "keccak256 of `galen/v1/client-statement`, a line feed, and the statement's canonical JSON (RFC 8785)." }) digest: string, @Ctx() { deps }: ApiContext): unknown {
    return upload.mode === String(UploadMode.CLIENT_SIDE) ? clientStatementTypedData(deps.market, { uploadId: upload.id, digest: parseHash("digest", digest) }) : null;
  }

  @FieldResolver(() => LegalBasis, { nullable: true, description: "On what legal basis it is offered; null in uploads from before there were kinds." })
  legalBasis(@Root() upload: Upload): LegalBasis | null {
    return upload.legalBasisCode as LegalBasis | null;
  }

  @FieldResolver(() => String, { description: "The legal basis in the provider's words." })
  legalWords(@Root() upload: Upload): string {
    return upload.legalBasis;
  }

  @FieldResolver(() => LegalEvidenceType, { nullable: true, description: "The document that shows the legal basis; null until it is here." })
  async legalEvidence(@Root() upload: Upload, @Ctx() { loaders }: ApiContext): Promise<LegalEvidenceType | null> {
    return showEvidence(await loaders.legalEvidence.load(upload.id), upload);
  }

  @FieldResolver(() => [Check], { description: "What the checks of the de-identified set found, version by version of their list." })
  async checks(@Root() upload: Upload, @Ctx() { loaders }: ApiContext): Promise<CheckResult[]> {
    return withoutOthers(await loaders.checks.load(upload.id));
  }

  @FieldResolver(() => [String], { description: "SHA-256 of the receipts whose holders withdrew, in hexadecimal: whose they are, only who handed them out knows." })
  async withdrawnReceipts(@Root() upload: Upload, @Ctx() { deps }: ApiContext): Promise<string[]> {
    const rows = (await deps.database.query("select encode(receipt_hash, 'hex') as hash from app.patient_receipt where upload_id = $1 and withdrawn_at is not null order by withdrawn_at, receipt_hash", [upload.id])) as { hash: string }[];
    return rows.map(({ hash }) => hash);
  }

  @FieldResolver(() => UploadError, { nullable: true, description: "Why it was refused or failed." })
  error(@Root() upload: Upload): UploadError | null {
    return upload.errorCode === null ? null : { code: upload.errorCode, message: upload.errorMessage ?? "" };
  }

  @FieldResolver(() => PricePrediction, { nullable: true, description: "The predicted price; null before PRICED." })
  prediction(@Root() upload: Upload, @Ctx() { deps }: ApiContext): PricePrediction | null {
    return upload.prediction === null ? null : showPrediction(deps.market.currency, upload.prediction as Parameters<typeof showPrediction>[1]);
  }

  @FieldResolver(() => JsonScalar, { nullable: true, description: "EIP-712 typed data of the consent, for eth_signTypedData_v4; null before STORED. Errors: BAD_INPUT." })
  consent(
    @Root() upload: Upload,
    @Arg("price", () => BigIntScalar, { description: "Asking price, in the token's smallest unit." }) price: bigint,
    @Arg("purposes", () => [Purpose], { description: "Purposes of use consented to, at least one." }) purposes: Purpose[],
    @Arg("deadline", () => BigIntScalar, { description: "Last second (Unix time) at which the consent may be used." }) deadline: bigint,
    @Ctx() { deps }: ApiContext,
  ): unknown {
    return upload.listingId === null ? null : consentTypedData(deps.market, parseConsent(upload.listingId, { price, purposes, deadline }));
  }

  @FieldResolver(() => ListingType, { nullable: true, description: "The listing, once it is on the chain." })
  async listing(@Root() upload: Upload, @Ctx() { loaders }: ApiContext): Promise<Listing | null> {
    return upload.listingId === null ? null : loaders.listing.load(upload.listingId);
  }

  @FieldResolver(() => JsonScalar, { nullable: true, description: "The platform's signed certificate that the record was erased; null until it is." })
  async erasureCertificate(@Root() upload: Upload, @Ctx() { loaders, deps }: ApiContext): Promise<unknown> {
    if (upload.eraseRequestedAt === null || !(await loaders.recordKey.load(upload.id))?.destroyedAt) return null;
    return readJsonObject(deps.objects, `erasures/${upload.id}`);
  }

  @FieldResolver(() => String, { nullable: true, description: "The listing's transaction, once it is sent." })
  async transactionHash(@Root() upload: Upload, @Ctx() { loaders }: ApiContext): Promise<string | null> {
    const listing = upload.listingId === null ? null : await loaders.listing.load(upload.listingId);
    return listing?.listedTransaction ?? (await loaders.outbox.load(`publish:${upload.id}`))?.hash ?? null;
  }
}
