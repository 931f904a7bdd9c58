import { Column, Entity, PrimaryColumn } from "typeorm";

/** A program's key for an account; of the key itself its SHA-256 alone. */
@Entity("api_key", { schema: "app" })
export class ApiKey {
  @PrimaryColumn("uuid", { default: () => "gen_random_uuid()" }) id!: string;
  @Column("text") account!: string;
  @Column("text") name!: string;
  /** PUBLIC, READ or TRADE; each includes those before it. */
  @Column("text") scope!: string;
  /** First characters of the key. */
  @Column("text") prefix!: string;
  @Column("bytea") tokenHash!: Uint8Array;
  /** Of before the last rotation. */
  @Column("bytea", { nullable: true }) previousHash!: Uint8Array | null;
  @Column("timestamptz", { nullable: true }) previousExpiresAt!: Date | null;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
  @Column("timestamptz") expiresAt!: Date;
  @Column("timestamptz", { nullable: true }) revokedAt!: Date | null;
}
