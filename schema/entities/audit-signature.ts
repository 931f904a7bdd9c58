import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** An auditor's signature over a decision on some listings. */
@Entity("audit_signature", { schema: "app" })
export class AuditSignature {
  /** EIP-712 hash of the decision. */
  @PrimaryColumn("text") decision!: string;
  @PrimaryColumn("text") auditor!: string;
  @Column("jsonb") listingIds!: string[];
  @Column("boolean") approve!: boolean;
  @Column("integer") reason!: number;
  /** Seconds since 1970: last one at which it may be used. */
  @Column("bigint", { transformer: bigintColumn }) deadline!: bigint;
  @Column("text") signature!: string;
  /** Purpose of the transaction that carries it; null while it waits for others. */
  @Column("text", { nullable: true }) purpose!: string | null;
  @Column("timestamptz", { default: () => "now()" }) createdAt!: Date;
}
