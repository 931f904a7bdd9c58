import { Column, Entity, PrimaryColumn } from "typeorm";

/** What the indexer's self-check saw: one row, none before the first check. */
@Entity("chain_verification")
export class ChainVerification {
  @PrimaryColumn("smallint") id!: number;
  /** Block at which a sample of rows was last compared with the contract's state. */
  @Column("integer") height!: number;
  /** The first row found to differ that still does; null while all is well. */
  @Column("text", { nullable: true }) mismatch!: string | null;
}
