import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** The document that shows an upload's legal basis; its hash is the upload's `legalEvidenceHash`. */
@Entity("legal_evidence", { schema: "app" })
export class LegalEvidence {
  @PrimaryColumn("uuid") uploadId!: string;
  /** The record id of its key. */
  @Column("uuid", { default: () => "gen_random_uuid()" }) evidenceId!: string;
  @Column("text") mediaType!: string;
  /** Bytes of salt and document. */
  @Column("bigint", { transformer: bigintColumn }) size!: bigint;
  @Column("timestamptz", { default: () => "now()" }) receivedAt!: Date;
  /** Null until it is encrypted, and once it is erased. */
  @Column("text", { nullable: true }) objectKey!: string | null;
  @Column("bigint", { nullable: true, transformer: bigintColumn }) objectSize!: bigint | null;
}
