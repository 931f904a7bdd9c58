import { Column, Entity, PrimaryColumn } from "typeorm";

/** A request for accreditation, for the registrar to decide. */
@Entity("application", { schema: "app" })
export class Application {
  @PrimaryColumn("uuid", { default: () => "gen_random_uuid()" }) id!: string;
  @Column("text") account!: string;
  /** Mask of `Role` bits. */
  @Column("integer") roles!: number;
  @Column("smallint") kind!: number;
  @Column("text") institution!: string;
  @Column("text") institutionName!: string;
  @Column("text") credential!: string;
  @Column("text") credentialSalt!: string;
  @Column("text") credentialCommitment!: string;
  @Column("text") recipientCommitment!: string;
  /** A provider's key for rings of anonymous listings: x and y of a point, 0x and 128 digits. */
  @Column("text", { nullable: true }) ringKey!: string | null;
  @Column("text", { default: () => "'PENDING'" }) status!: string;
  @Column("text", { nullable: true }) reason!: string | null;
  @Column("text", { nullable: true }) decidedBy!: string | null;
  @Column("timestamptz", { nullable: true }) decidedAt!: Date | null;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
}
