import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** Access of one account to one record: a header re-wrapped for that account's recipient. */
@Entity("access_grant", { schema: "app" })
export class AccessGrant {
  @PrimaryColumn("uuid", { default: () => "gen_random_uuid()" }) id!: string;
  @Column("text") kind!: string;
  @Column("text") subject!: string;
  @Column("text") listingId!: string;
  @Column("uuid") recordId!: string;
  @Column("text") account!: string;
  @Column("text") recipientCommitment!: string;
  @Column("text", { default: () => "'REQUESTED'" }) status!: string;
  /** age header, wrapped for the recipient. */
  @Column("bytea", { nullable: true }) header!: Uint8Array | null;
  @Column("text", { nullable: true }) deliveryCommitment!: string | null;
  @Column("text", { nullable: true }) errorCode!: string | null;
  @Column("timestamptz", { nullable: true }) expiresAt!: Date | null;
  /** Of an AUDIT grant: the token of the lease that it was asked with. */
  @Column("bigint", { nullable: true, transformer: bigintColumn }) leaseToken!: bigint | null;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
  @Column("timestamptz", { default: () => "now()" }) updatedAt!: Date;
}
