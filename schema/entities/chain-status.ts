import { Column, Entity, PrimaryColumn } from "typeorm";
import { bigintColumn } from "./columns.js";

/** What the indexer has read: one row. */
@Entity("chain_status")
export class ChainStatus {
  @PrimaryColumn("smallint") id!: number;
  @Column("bigint", { transformer: bigintColumn }) chainId!: bigint;
  @Column("text") marketplace!: string;
  @Column("integer") height!: number;
  @Column("text") hash!: string;
  @Column("integer") finalizedHeight!: number;
  @Column("text") finalizedHash!: string;
  @Column("text") status!: string;
  /** Rebuilds that changed a row. */
  @Column("integer", { default: 0 }) rebuilds!: number;
}
