import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** One access, as it is told on the chain: its number and the hash of its record. */
@Entity("access_told")
export class AccessTold {
  @PrimaryColumn("text") id!: string;
  /** From 1, without gaps. */
  @Column("bigint", { transformer: bigintColumn }) number!: bigint;
  @Column("text") hash!: string;
  @Column("integer") blockNumber!: number;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
