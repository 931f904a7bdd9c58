import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { LegalBasis } from "../../schema/legal-basis.js";
import { UploadMode } from "../../schema/upload-mode.js";
import { DataKind, ParticipantKind, Purpose, Role } from "../../schema/market.js";
import type { Suite } from "../../crypto/suite-names.js";
import { For } from "../rules/rule.js";
import { asReached, theAccountOf } from "../rules/rules.js";
import { Money } from "./money.js";
import { BigIntScalar, DateTimeScalar, JsonScalar } from "./scalars.js";
import { UploadStatus, WrappingSuite } from "./states.js";

@For(asReached)
@ObjectType("UploadError", { description: "Why an upload was refused or failed.", simpleResolvers: true })
export class UploadError {
  @Field(() => String, { description: "A documented code." }) code!: string;
  @Field(() => String, { description: "In words, without any of the content." }) message!: string;
}

@For(asReached)
@ObjectType("PriceReason", { description: "How much one property moved the predicted median.", simpleResolvers: true })
export class PriceReason {
  @Field(() => String, { description: "The property." }) feature!: string;
  @Field(() => Money, { description: "By how much." }) effect!: Money;
  @Field(() => String, { description: "In words." }) text!: string;
}

@For(asReached)
@ObjectType("PricePrediction", { description: "A price interval, with its reasons.", simpleResolvers: true })
export class PricePrediction {
  @Field(() => Money, { description: "10 % of such data sets are worth less." }) p10!: Money;
  @Field(() => Money, { description: "The median." }) p50!: Money;
  @Field(() => Money, { description: "10 % of such data sets are worth more." }) p90!: Money;
  @Field(() => String, { description: "The model's version." }) modelVersion!: string;
  @Field(() => String, { description: "The model's hash." }) modelHash!: string;
  @Field(() => Boolean, { description: "Whether the model has seen little like it: the interval is wide." }) thinData!: boolean;
  @Field(() => [PriceReason], { description: "What moved the price most, the largest first." }) reasons!: PriceReason[];
}

@For(theAccountOf("owner", "its owner"))
@ObjectType("Upload", { description: "A record set on its way from upload to listing. Seen by its owner alone.", simpleResolvers: true })
export class UploadType {
  @Field(() => ID, { description: "Its id." }) id!: string;
  @Field(() => UploadStatus, { description: "How far it is." }) status!: UploadStatus;
  @Field(() => UploadMode, { description: "Who de-identifies and encrypts it." }) mode!: UploadMode;
  @Field(() => BigIntScalar, { description: "Bytes announced." }) size!: bigint;
  @Field(() => BigIntScalar, { description: "Bytes received so far." }) received!: bigint;
  @Field(() => Int, { description: "Where it is to be stored, ISO 3166-1 numeric." }) region!: number;
  @Field(() => ID, { description: "Who will be paid." }) payee!: string;
  @Field(() => Boolean, { description: "Whether it is listed without the owner's name on the chain." }) anonymous!: boolean;
  @Field(() => ID, { nullable: true, description: "Keyed hash of the file as it was sent, once recognised." }) contentHash!: string | null;
  @Field(() => String, { description: "Hash of the legal evidence: keccak256 of 32 random bytes and the document." }) legalEvidenceHash!: string;
  @Field(() => WrappingSuite, { description: "How its key may be wrapped." }) suite!: Suite;
  @Field(() => String, { nullable: true, description: "The format that was recognised." }) format!: string | null;
  @Field(() => DataKind, { nullable: true, description: "Its kind, once recognised." }) dataKind!: DataKind | null;
  @Field(() => JsonScalar, { nullable: true, description: "The de-identification report: what was removed, never a value." }) report!: unknown;
  @Field(() => JsonScalar, { nullable: true, description: "The profile: counts, span, completeness." }) profile!: unknown;
  @Field(() => String, { nullable: true, description: "SHA-256 of the de-identified file, in hexadecimal; never told in client-side mode." }) deidentifiedSha256!: string | null;
  @Field(() => String, { nullable: true, description: "Key-salted Merkle root of the de-identified file." }) plaintextRoot!: string | null;
  @Field(() => String, { nullable: true, description: "Merkle root of the encrypted file." }) ciphertextRoot!: string | null;
  @Field(() => String, { nullable: true, description: "keccak256 of the metadata." }) metadataHash!: string | null;
  @Field(() => ID, { nullable: true, description: "The listing's id, known before it is listed." }) listingId!: string | null;
  @Field(() => Boolean, { description: "Whether it waits, once de-identified, for approveDeidentification." }) review!: boolean;
  @Field(() => String, { nullable: true, description: "SHA-256 of the de-identified file that the owner approved." }) approvedSha256!: string | null;
  @Field(() => ID, { nullable: true, description: "The listing that the next one replaces (resubmit)." }) previousListingId!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "When the owner asked for the record to be erased." }) eraseRequestedAt!: Date | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "When a patient withdrew: what is paid later is refunded. Upload the set anew, without the patient." }) stoppedAt!: Date | null;
  @Field(() => DateTimeScalar, { description: "When it was created." }) createdAt!: Date;
  @Field(() => DateTimeScalar, { description: "When it last changed." }) updatedAt!: Date;
}

@For(asReached)
@ObjectType("CustodyRecipient", { description: "What clients of client-side mode wrap their file keys for: whoever holds its identity, today the platform, can open them.", simpleResolvers: true })
export class CustodyRecipientType {
  @Field(() => Int, { description: "Of the platform's identity." }) version!: number;
  @Field(() => String, { description: "An age recipient, age1pq1…." }) recipient!: string;
}

@For(asReached)
@ObjectType("Custodian", { description: "One of those who keep shares of file keys: a process of its own, with its own keys and its own node of the chain.", simpleResolvers: true })
export class CustodianType {
  @Field(() => String, { description: "Its name." }) name!: string;
  @Field(() => String, { description: "Where it takes and releases shares." }) url!: string;
  @Field(() => String, { description: "The age recipient that its shares are sealed for, age1pq1…." }) recipient!: string;
  @Field(() => String, { description: "Base64 of the Ed25519 key that signs its word of destroyed shares." }) publicKey!: string;
}

@For(asReached)
@ObjectType("Custodians", { description: "Who keeps the file keys of threshold custody. Ask the custodians themselves for recipient and key before trusting these.", simpleResolvers: true })
export class CustodiansType {
  @Field(() => Int, { description: "How many must agree, unless the provider chooses otherwise." }) threshold!: number;
  @Field(() => [CustodianType], { description: "Those that a provider may choose from." }) custodians!: CustodianType[];
}

@InputType("UploadInput", { description: "What will be uploaded." })
export class UploadInput {
  @Field(() => UploadMode, { defaultValue: UploadMode.PLATFORM, description: "Who de-identifies and encrypts it. In CLIENT_SIDE the file is the stored object (nonce and age payload), and a signed statement is sent to `statementUrl` before its last byte." }) mode!: UploadMode;
  @Field(() => BigIntScalar, { description: "Bytes of the file." }) size!: bigint;
  @Field(() => Int, { description: "Where it is to be stored, ISO 3166-1 numeric (276 is Germany)." }) region!: number;
  @Field(() => LegalBasis, { description: "On what legal basis it is offered." }) legalBasis!: LegalBasis;
  @Field(() => String, { nullable: true, description: "The same in words (at most 500 characters)." }) legalWords?: string | null;
  @Field(() => ID, { description: "Hash of the document that shows it: keccak256 of 32 random bytes and the document, 0x and 64 digits. Send both to `evidenceUrl`." }) legalEvidenceHash!: string;
  @Field(() => ID, { nullable: true, description: "Who will be paid; the owner if left out." }) payee?: string | null;
  @Field(() => Boolean, { defaultValue: false, description: "List it by a ring signature, without the owner's name on the chain; `payee` must then be a one-time address." }) anonymous!: boolean;
  @Field(() => WrappingSuite, { defaultValue: WrappingSuite.MLKEM768_X25519, description: "How its key may be wrapped." }) suite!: Suite;
  @Field(() => Boolean, { defaultValue: false, description: "Wait, once it is de-identified, until the owner has looked at the report (approveDeidentification)." }) review!: boolean;
  @Field(() => Boolean, { defaultValue: false, description: "Take free-text notes: names and dates in them are found by rules, which overlook some (docs/deidentification.md). They are refused otherwise." }) notes!: boolean;
}

@InputType("PublishInput", { description: "The provider's consent to list an upload." })
export class PublishInput {
  @Field(() => ID, { description: "The upload, which must be STORED." }) uploadId!: string;
  @Field(() => BigIntScalar, { description: "Asking price, in the token's smallest unit." }) price!: bigint;
  @Field(() => [Purpose], { description: "Purposes of use consented to, at least one." }) purposes!: Purpose[];
  @Field(() => BigIntScalar, { description: "Last second (Unix time) at which the consent may be used." }) deadline!: bigint;
  @Field(() => String, { description: "Signature over `upload.consent` with the same price, purposes and deadline; of an anonymous upload abi.encode(bytes32 ringHash, (uint256 imageX, uint256 imageY, uint256 challenge, uint256[] responses)), see docs/ring-signature.md." }) signature!: string;
}

@InputType("ApplicationInput", { description: "Who asks to be accredited, and for what." })
export class ApplicationInput {
  @Field(() => [Role], { description: "For what: PROVIDER, BUYER, AUDITOR." }) roles!: Role[];
  @Field(() => ParticipantKind, { description: "What kind of institution or person." }) kind!: ParticipantKind;
  @Field(() => String, { description: "The institution's name (at most 200 characters)." }) institutionName!: string;
  @Field(() => String, { description: "What the registrar will check, e.g. a registration number (at most 500 characters)." }) credential!: string;
  @Field(() => String, { description: "The age recipient that keys shall be wrapped for: age1pq1… or age1…." }) recipient!: string;
  @Field(() => ID, { nullable: true, description: "A provider's public key for rings of anonymous listings: x and y of an alt_bn128 point, 0x and 128 digits." }) ringKey?: string | null;
}
