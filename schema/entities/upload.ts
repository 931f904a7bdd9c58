import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A record set on its way from upload to listing. */
@Entity("upload", { schema: "app" })
export class Upload {
  @PrimaryColumn("uuid", { default: () => "gen_random_uuid()" }) id!: string;
  @Column("text") owner!: string;
  @Column("text") status!: string;
  /** `UploadMode`. */
  @Column("text", { default: () => "'PLATFORM'" }) mode!: string;
  @Column("bigint", { transformer: bigintColumn }) size!: bigint;
  @Column("bigint", { transformer: bigintColumn, default: () => "0" }) received!: bigint;
  /** ISO 3166-1 numeric. */
  @Column("integer") region!: number;
  @Column("text") payee!: string;
  /** Listed by a ring signature, without a provider's name on the chain. */
  @Column("boolean", { default: () => "false" }) anonymous!: boolean;
  /** Ring that its owner, a one-time account, proved to be of; null where the owner is an accredited provider. */
  @Column("text", { nullable: true }) ringHash!: string | null;
  /** The provider's words. */
  @Column("text") legalBasis!: string;
  /** `LegalBasis`; null in uploads from before there were kinds. */
  @Column("text", { nullable: true }) legalBasisCode!: string | null;
  @Column("text") legalEvidenceHash!: string;
  @Column("text") suite!: string;
  /** Wrapped; deleted with the staged bytes. */
  @Column("bytea", { nullable: true }) stagingKey!: Uint8Array | null;
  @Column("text", { nullable: true }) format!: string | null;
  /** `DataKind` code. */
  @Column("smallint", { nullable: true }) dataKind!: number | null;
  @Column("text", { nullable: true }) contentHash!: string | null;
  @Column("jsonb", { nullable: true }) report!: unknown;
  @Column("jsonb", { nullable: true }) profile!: unknown;
  @Column("jsonb", { nullable: true }) prediction!: unknown;
  /** What the price model was asked: a sale of it teaches the next model. */
  @Column("jsonb", { nullable: true }) priceInput!: unknown;
  @Column("bigint", { nullable: true, transformer: bigintColumn }) deidentifiedSize!: bigint | null;
  /** Hex, shown to the owner alone. */
  @Column("text", { nullable: true }) deidentifiedSha256!: string | null;
  @Column("text", { nullable: true }) plaintextRoot!: string | null;
  @Column("text", { nullable: true }) ciphertextRoot!: string | null;
  @Column("text", { nullable: true }) keyCommitment!: string | null;
  @Column("text", { nullable: true }) objectKey!: string | null;
  @Column("bigint", { nullable: true, transformer: bigintColumn }) objectSize!: bigint | null;
  @Column("text", { nullable: true }) metadataHash!: string | null;
  @Column("text", { nullable: true }) listingId!: string | null;
  /** In the payment token's smallest unit. */
  @Column("numeric", { nullable: true, precision: 78, scale: 0, transformer: bigintColumn }) price!: bigint | null;
  /** Mask of `Purpose` bits. */
  @Column("bigint", { nullable: true, transformer: bigintColumn }) purposes!: bigint | null;
  /** Seconds since 1970. */
  @Column("bigint", { nullable: true, transformer: bigintColumn }) consentDeadline!: bigint | null;
  @Column("text", { nullable: true }) consentSignature!: string | null;
  /** The provider looks at the de-identification's report before the upload goes on. */
  @Column("boolean", { default: () => "false" }) review!: boolean;
  /** Free-text notes are taken. */
  @Column("boolean", { default: () => "false" }) notes!: boolean;
  /** SHA-256 of the de-identified file that the provider approved. */
  @Column("text", { nullable: true }) approvedSha256!: string | null;
  /** The listing that the next one replaces. */
  @Column("text", { nullable: true }) previousListingId!: string | null;
  @Column("timestamptz", { nullable: true }) eraseRequestedAt!: Date | null;
  /** A patient withdrew: orders paid later get nothing, and are refunded. */
  @Column("timestamptz", { nullable: true }) stoppedAt!: Date | null;
  @Column("text", { nullable: true }) errorCode!: string | null;
  @Column("text", { nullable: true }) errorMessage!: string | null;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
  @Column("timestamptz", { default: () => "now()" }) updatedAt!: Date;
}
