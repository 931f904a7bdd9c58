import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** An auditor whom a listing was given by lot. */
@Entity("drawn_auditor")
export class DrawnAuditor {
  @PrimaryColumn("text") id!: string;
  @Column("text") listingId!: string;
  @Column("bigint", { transformer: bigintColumn }) round!: bigint;
  /** Place in the draw, from 0. */
  @Column("smallint") position!: number;
  @Column("text") auditor!: string;
  @Column("integer") blockNumber!: number;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
