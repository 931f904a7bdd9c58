import { Column, Entity, PrimaryColumn } from "typeorm";

/** An auditor's vote on a listing. */
@Entity("vote")
export class Vote {
  @PrimaryColumn("text") id!: string;
  @Column("text") listingId!: string;
  @Column("text") auditor!: string;
  @Column("boolean") approve!: boolean;
  @Column("integer") reason!: number;
  @Column("integer") blockNumber!: number;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
  /** Number among the events that the log tells, from 0. */
  @Column("integer") logPart!: number;
}
