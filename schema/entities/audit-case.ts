import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A listing in the auditors' hands: its fencing counter and priority. */
@Entity("audit_case", { schema: "app" })
export class AuditCase {
  @PrimaryColumn("text") listingId!: string;
  /** The last fencing token given for this listing. */
  @Column("bigint", { transformer: bigintColumn, default: 0 }) lastToken!: bigint;
  /** 0 to 9; waiting adds to it. */
  @Column("smallint", { default: 0 }) priority!: number;
}
