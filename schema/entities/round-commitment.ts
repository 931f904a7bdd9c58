import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** An auditor's commitment to a secret of a round. */
@Entity("round_commitment")
export class RoundCommitment {
  @PrimaryColumn("text") id!: string;
  @Column("bigint", { transformer: bigintColumn }) round!: bigint;
  @Column("text") auditor!: string;
  @Column("text") commitment!: string;
  @Column("integer") blockNumber!: number;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
