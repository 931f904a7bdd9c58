import { Column, Entity, PrimaryColumn } from "typeorm";

/** A transaction that emitted an event of ours. */
@Entity("chain_transaction")
export class ChainTransaction {
  @PrimaryColumn("text") hash!: string;
  @Column("integer") blockNumber!: number;
  @Column("integer") transactionIndex!: number;
  @Column("text") sender!: string;
  @Column("text", { nullable: true }) recipient!: string | null;
}
