import { Column, Entity, PrimaryColumn } from "typeorm";

/** What a provider signed about an upload of client-side mode: report, profile, checks and commitments. Holds no key. */
@Entity("client_statement", { schema: "app" })
export class ClientStatementRow {
  @PrimaryColumn("uuid") uploadId!: string;
  /** `ClientStatement`. */
  @Column("jsonb") body!: unknown;
  /** keccak256 of its canonical form, which the signature covers. */
  @Column("text") digest!: string;
  /** EIP-712, the owner's. */
  @Column("text") signature!: string;
  @Column("timestamptz", { default: () => "now()" }) receivedAt!: Date;
}
