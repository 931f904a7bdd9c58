import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** A payout taken from the contract. */
@Entity("withdrawal")
export class Withdrawal {
  @PrimaryColumn("text") id!: string;
  @Column("text") account!: string;
  @Column("text") recipient!: string;
  /** In the payment token's smallest unit. */
  @Column("numeric", { precision: 78, scale: 0, transformer: bigintColumn }) amount!: bigint;
  @Column("integer") blockNumber!: number;
  @Column("timestamptz") blockTime!: Date;
  @Column("text") transactionHash!: string;
  @Column("integer") logIndex!: number;
}
