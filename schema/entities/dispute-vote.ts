import { Column, Entity, PrimaryColumn } from "typeorm";

/** An auditor's vote on a dispute. */
@Entity("dispute_vote")
export class DisputeVote {
  @PrimaryColumn("text") id!: string;
  @Column("text") orderId!: string;
  @Column("text") auditor!: string;
  @Column("boolean") forBuyer!: boolean;
  @Column("integer") reason!: number;
  @Column("integer") blockNumber!: number;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
