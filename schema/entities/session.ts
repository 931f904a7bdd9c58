import { Column, Entity, PrimaryColumn } from "typeorm";

/** A signed-in session; tokens are kept as SHA-256 alone. */
@Entity("session", { schema: "app" })
export class Session {
  @PrimaryColumn("uuid", { default: () => "gen_random_uuid()" }) id!: string;
  @Column("text") account!: string;
  @Column("bytea") tokenHash!: Uint8Array;
  @Column("bytea") refreshHash!: Uint8Array;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
  @Column("timestamptz") expiresAt!: Date;
  @Column("timestamptz") refreshExpiresAt!: Date;
  @Column("timestamptz", { nullable: true }) revokedAt!: Date | null;
}
