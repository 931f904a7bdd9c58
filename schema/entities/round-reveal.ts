import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** An auditor's secret of a round, revealed. */
@Entity("round_reveal")
export class RoundReveal {
  @PrimaryColumn("text") id!: string;
  @Column("bigint", { transformer: bigintColumn }) round!: bigint;
  @Column("text") auditor!: string;
  @Column("text") secret!: string;
  @Column("integer") blockNumber!: number;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
