import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** An auditor's hold of one slot of one listing; past `expiresAt` it counts for nothing. */
@Entity("audit_lease", { schema: "app" })
export class AuditLease {
  @PrimaryColumn("text") listingId!: string;
  /** From 0 to the market's quorum less one. */
  @PrimaryColumn("smallint") slot!: number;
  @Column("text") auditor!: string;
  /** Fencing token: of two holders of a slot the later one has the larger. */
  @Column("bigint", { transformer: bigintColumn }) token!: bigint;
  @Column("timestamptz") claimedAt!: Date;
  @Column("timestamptz") expiresAt!: Date;
}
